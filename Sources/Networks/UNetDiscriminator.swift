public import Torch

/// The discriminator of Real-ESRGAN (Wang et al. 2021, doi:10.1109/ICCVW54120.2021.00217): a U-Net
/// that judges every pixel, its layers spectrally normalised.
public struct UNetDiscriminatorDescription: Hashable, Sendable, Codable {
    /// Channels of the images.
    public var channels = 1
    /// Features at the image's own size.
    public var features = 64

    /// The published network for one channel; set what is to differ.
    public init() {}
}

/// The discriminator of Real-ESRGAN; state names as published. Height and width of its images are
/// multiples of eight, and its result is a logit for each pixel.
public final class UNetDiscriminator: Layer {
    private let first: Convolution
    private let inner: [SpectralConvolution]
    private let last: Convolution

    /// A network with weights drawn as PyTorch does.
    public init(
        _ description: UNetDiscriminatorDescription, from source: inout WeightSource
    ) throws(TorchError) {
        let n = description.features
        first = try Convolution(description.channels, n, from: &source)
        var inner: [SpectralConvolution] = []
        for (inputs, outputs) in [(n, 2 * n), (2 * n, 4 * n), (4 * n, 8 * n)] {
            inner.append(
                try SpectralConvolution(
                    inputs, outputs, kernel: 4, stride: 2, margin: 1, from: &source))
        }
        for (inputs, outputs) in [(8 * n, 4 * n), (4 * n, 2 * n), (2 * n, n), (n, n), (n, n)] {
            inner.append(
                try SpectralConvolution(
                    inputs, outputs, kernel: 3, stride: 1, margin: 1, from: &source))
        }
        self.inner = inner
        last = try Convolution(n, 1, from: &source)
    }

    /// The state, with the vectors of the power method.
    public func state(under prefix: String) -> [StateEntry] {
        first.state(under: prefix + "conv0.")
            + inner.indices.flatMap { inner[$0].state(under: "\(prefix)conv\($0 + 1).") }
            + last.state(under: prefix + "conv9.")
    }

    /// A logit for each pixel: positive for images held to be real.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        var skips = [try first(input).leakyRelu(slope: 0.2)]
        for layer in inner[0..<3] {
            let above = skips[skips.count - 1]
            skips.append(try layer(above, training: training).leakyRelu(slope: 0.2))
        }
        var features = skips.removeLast()
        for layer in inner[3..<6] {
            let enlarged = try features.enlarged(2, by: .bilinear)
            features =
                try layer(enlarged, training: training).leakyRelu(slope: 0.2)
                + skips.removeLast()
        }
        for layer in inner[6..<8] {
            features = try layer(features, training: training).leakyRelu(slope: 0.2)
        }
        return try last(features)
    }
}
