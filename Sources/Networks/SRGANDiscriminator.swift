public import Torch

/// The discriminator of SRGAN (Ledig et al. 2017, doi:10.1109/CVPR.2017.19).
public struct SRGANDiscriminatorDescription: Hashable, Sendable, Codable {
    /// Channels of the images.
    public var channels = 1
    /// Height and width of the images it judges, a multiple of 16.
    public var size = 96
    /// Features of the first layer.
    public var features = 64
    /// Outputs of the first dense layer.
    public var dense = 1024

    /// The published network for one channel and 96 pixels; set what is to differ.
    public init() {}
}

/// The discriminator of SRGAN: eight convolutions that halve the image four times, and two dense
/// layers. Its result is a logit for each image, (batch, 1).
///
/// State names count convolutions, normalisations and rectifiers in one list, `features.0` on, and
/// the dense layers are `classifier.0` and `classifier.2`.
public final class SRGANDiscriminator: Layer {
    /// What it was built from.
    public let description: SRGANDiscriminatorDescription
    private let convolutions: [Convolution]
    private let norms: [BatchNorm]
    private let dense: (Dense, Dense)

    /// A network with weights drawn as PyTorch does.
    public init(
        _ description: SRGANDiscriminatorDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.size % 16 == 0, "the image is halved four times")
        self.description = description
        let n = description.features
        let outputs = [n, n, 2 * n, 2 * n, 4 * n, 4 * n, 8 * n, 8 * n]
        var convolutions: [Convolution] = []
        var norms: [BatchNorm] = []
        for index in outputs.indices {
            let inputs = index == 0 ? description.channels : outputs[index - 1]
            convolutions.append(
                try Convolution(inputs, outputs[index], stride: 1 + index % 2, from: &source))
            if index > 0 { norms.append(try BatchNorm(outputs[index], from: source)) }
        }
        self.convolutions = convolutions
        self.norms = norms
        let side = description.size / 16
        dense = (
            try Dense(8 * n * side * side, description.dense, from: &source),
            try Dense(description.dense, 1, from: &source)
        )
    }

    /// The state, with the running statistics.
    public func state(under prefix: String) -> [StateEntry] {
        convolutions[0].state(under: prefix + "features.0.")
            + norms.indices.flatMap {
                convolutions[$0 + 1].state(under: "\(prefix)features.\(3 * $0 + 2).")
                    + norms[$0].state(under: "\(prefix)features.\(3 * $0 + 3).")
            }
            + dense.0.state(under: prefix + "classifier.0.")
            + dense.1.state(under: prefix + "classifier.2.")
    }

    /// A logit for each image: positive for images held to be real.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        var features = try convolutions[0](input).leakyRelu(slope: 0.2)
        for (convolution, norm) in zip(convolutions.dropFirst(), norms) {
            features = try norm(convolution(features), training: training).leakyRelu(slope: 0.2)
        }
        let flat = try features.reshaped([input.shape[0], -1])
        return try dense.1(dense.0(flat).leakyRelu(slope: 0.2))
    }
}
