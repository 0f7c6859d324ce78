public import Torch

/// The three-layer network of Dong et al. 2016 (doi:10.1109/TPAMI.2015.2439281), and its borders.
public struct SRCNNDescription: Hashable, Sendable, Codable {
    /// What is laid around the image before each layer.
    public enum Border: String, Hashable, Sendable, Codable, CaseIterable {
        /// Nothing, as published: the result lacks a margin.
        case valid
        /// Half the kernel of zeros: the size stays.
        case zeros
        /// Half the kernel of repeated pixels: the size stays.
        case replicate
        /// Two repeated pixels around every layer, the 1 x 1 included; with 9-1-5 the size stays.
        case replicateTwo
    }

    /// Channels of the images.
    public var channels = 1
    /// Channels of the result, where they are others than the images': slices of HIGH, found in the
    /// middle one of ``channels`` slices of LOW. Nil for as many as the images have.
    public var outputs: Int?
    /// LOW is enlarged by this with bicubic interpolation first; 1 for images that already were.
    public var scale = 1
    /// The kernels of the three layers, odd: 9-1-5, 9-3-5 or 9-5-5.
    public var kernels = [9, 1, 5]
    /// The features of the first and second layer.
    public var features = [64, 32]
    /// What is laid around the image.
    public var border = Border.valid

    /// 9-1-5 for one channel as published; set what is to differ.
    public init() {}
}

/// The three-layer network of Dong et al. 2016; state names `conv1`, `conv2`, `conv3`.
public final class SRCNN: SuperResolutionNetwork {
    /// What it was built from.
    public let description: SRCNNDescription
    private let layers: [Convolution]

    /// A network with weights drawn from Gaussians of deviation 0.001, as published.
    public init(
        _ description: SRCNNDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.fault == nil, description.fault ?? "")
        self.description = description
        let channels =
            [description.channels] + description.features + [
                description.outputs ?? description.channels
            ]
        var layers: [Convolution] = []
        for (index, kernel) in description.kernels.enumerated() {
            layers.append(
                try Convolution(
                    channels[index], channels[index + 1], kernel: kernel,
                    margin: SRCNN.margin(kernel, description.border),
                    padding: description.border == .zeros ? .zeros : .replicate,
                    initialisation: .gaussian(deviation: 0.001), from: &source))
        }
        self.layers = layers
    }

    private static func margin(_ kernel: Int, _ border: SRCNNDescription.Border) -> Int {
        switch border {
        case .valid: 0
        case .zeros, .replicate: kernel / 2
        case .replicateTwo: 2
        }
    }

    /// How much one axis of an image grows.
    public var scale: Int { description.scale }

    /// What all layers together take away on each side; negative if they add.
    public var outputMargin: Int {
        description.kernels.reduce(0) { $0 + $1 / 2 - SRCNN.margin($1, description.border) }
    }

    /// The convolutions' state.
    public func state(under prefix: String) -> [StateEntry] {
        layers.indices.flatMap { layers[$0].state(under: "\(prefix)conv\($0 + 1).") }
    }

    /// Images enlarged by bicubic interpolation and sharpened.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let enlarged = scale > 1 ? try input.enlarged(scale, by: .bicubic) : input
        return try layers[2](layers[1](layers[0](enlarged).relu()).relu())
    }

    /// Half of every kernel, and what the interpolation needs.
    public func reach(of output: Reach) -> Reach? {
        description.kernels.reduce(output) { $0.convolved($1) }.enlarged(scale, by: .bicubic)
    }
}
