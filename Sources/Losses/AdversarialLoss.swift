public import Torch

/// How a network and its discriminator are set against each other.
///
/// A discriminator says for every image, or every pixel, how real it looks, as a number of any size.
public enum AdversarialLoss: String, Hashable, Sendable, Codable, CaseIterable {
    /// Cross-entropy of the sigmoid (Goodfellow et al. 2014, arXiv 1406.2661).
    case bce
    /// Squared distances from 1 for real and 0 for made ones (Mao et al. 2017, arXiv 1611.04076).
    case lsgan
    /// Cross-entropy of how much more real the one looks than the other does on average
    /// (Jolicoeur-Martineau 2018, arXiv 1807.00734).
    case ragan

    /// What the network that made the images has to make small.
    ///
    /// - Parameters:
    ///   - made: What the discriminator says of made images, with gradients.
    ///   - real: What it says of real ones; only ``ragan`` looks at it.
    public func ofNetwork(made: Tensor, real: Tensor) throws(TorchError) -> Tensor {
        switch self {
        case .bce, .lsgan: return try distance(made, isReal: true)
        case .ragan:
            let real = try real.detached()
            let first = try distance(real - made.mean(), isReal: false)
            return try (first + distance(made - real.mean(), isReal: true)) * 0.5
        }
    }

    /// What the discriminator has to make small.
    public func ofDiscriminator(made: Tensor, real: Tensor) throws(TorchError) -> Tensor {
        switch self {
        case .bce, .lsgan:
            return try (distance(real, isReal: true) + distance(made, isReal: false)) * 0.5
        case .ragan:
            let first = try distance(real - made.mean(), isReal: true)
            return try (first + distance(made - real.mean(), isReal: false)) * 0.5
        }
    }

    private func distance(_ said: Tensor, isReal: Bool) throws(TorchError) -> Tensor {
        let said = try said.to(type: .float32)
        let target = try Tensor.full(isReal ? 1 : 0, shape: said.shape, on: said.device)
        return try said.loss(self == .lsgan ? .mse : .binaryCrossEntropyWithLogits, to: target)
    }
}
