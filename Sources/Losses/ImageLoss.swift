public import Torch

/// A distance between what a network made and what it should have made.
///
/// Images are (batch, channels, height, width), with grey values of which 0...1 is the usual range.
/// Every distance is a mean, so that its size does not depend on how many pixels there are, and is
/// computed in single precision, whatever the network ran in.
public enum ImageLoss: Hashable, Sendable {
    /// The absolute difference.
    case l1
    /// The squared difference.
    case mse
    /// sqrt(d^2 + epsilon^2): squared near zero, absolute beyond (Charbonnier et al. 1994,
    /// doi:10.1109/ICIP.1994.413553).
    case charbonnier(epsilon: Double)
    /// 1 - SSIM over an 11x11 window.
    case structuralSimilarity
    /// 1 - MS-SSIM over as many scales as fit.
    case multiScaleSimilarity
    /// The made image's own total variation, whatever the target: squared differences between
    /// neighbours (Rudin, Osher and Fatemi 1992, doi:10.1016/0167-2789(92)90242-F, in the squared form
    /// that SRGAN trainers use).
    case totalVariation

    /// The distance, a single number.
    ///
    /// - Throws: ``TorchError``; for images smaller than a similarity's window, too.
    public func callAsFunction(_ made: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
        try Scope.autocast(to: nil, on: made.device) { () throws(TorchError) in
            let made = try made.to(type: .float32)
            let target = try target.to(type: .float32)
            switch self {
            case .l1: return try made.loss(.l1, to: target)
            case .mse: return try made.loss(.mse, to: target)
            case .charbonnier(let epsilon):
                let squares = try (made - target).squared()
                return try (squares + epsilon * epsilon).squareRoot().mean()
            case .structuralSimilarity:
                return try 1 - Similarity(on: made.device).single(made, target)
            case .multiScaleSimilarity:
                return try 1 - Similarity(on: made.device).multiScale(made, target)
            case .totalVariation: return try Self.variation(made)
            }
        }
    }

    private static func variation(_ image: Tensor) throws(TorchError) -> Tensor {
        func differences(_ dimension: Int) throws(TorchError) -> Tensor {
            let count = image.shape[dimension] - 1
            let here = try image.narrowed(dimension: dimension, from: 0, count: count)
            let next = try image.narrowed(dimension: dimension, from: 1, count: count)
            return try (next - here).squared().mean()
        }
        return try differences(2) + differences(3)
    }
}
