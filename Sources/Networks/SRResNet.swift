public import Torch

/// The generator of SRGAN (Ledig et al. 2017, doi:10.1109/CVPR.2017.19).
public struct SRResNetDescription: Hashable, Sendable, Codable {
    /// Channels of the images.
    public var channels = 1
    /// Channels of the result, where they are others than the images': slices of HIGH, found in the
    /// middle one of ``channels`` slices of LOW. Nil for as many as the images have.
    public var outputs: Int?
    /// How much one axis of an image grows, from 1 to 8.
    public var scale = 4
    /// Features between the blocks.
    public var features = 64
    /// Residual blocks.
    public var blocks = 16
    /// Whether the result is brought into 0...1 by (tanh + 1) / 2, as some implementations do.
    public var endsInTanh = false

    /// The published network for one channel and x4; set what is to differ.
    public init() {}
}

/// The generator of SRGAN: batch-normalised residual blocks between two 9 x 9 layers.
///
/// State names `block1`, `block2`, ... count the parts as the common PyTorch implementation does.
public final class SRResNet: SuperResolutionNetwork {
    /// What it was built from.
    public let description: SRResNetDescription
    private let first: Convolution
    private let firstRectifier: LearntRectifier
    private let blocks: [NormalisedBlock]
    private let afterBlocks: Convolution
    private let afterNorm: BatchNorm
    private let factors: [Int]
    private let enlarging: [(Convolution, LearntRectifier)]
    private let last: Convolution

    /// A network with weights drawn as PyTorch does.
    public init(
        _ description: SRResNetDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.fault == nil, description.fault ?? "")
        self.description = description
        let features = description.features
        first = try Convolution(description.channels, features, kernel: 9, from: &source)
        firstRectifier = try LearntRectifier(from: source)
        var blocks: [NormalisedBlock] = []
        for _ in 0..<description.blocks {
            blocks.append(try NormalisedBlock(features, from: &source))
        }
        self.blocks = blocks
        afterBlocks = try Convolution(features, features, from: &source)
        afterNorm = try BatchNorm(features, from: source)
        factors = Upsampler.factors(of: description.scale)
        var enlarging: [(Convolution, LearntRectifier)] = []
        for factor in factors {
            enlarging.append(
                (
                    try Convolution(features, features * factor * factor, from: &source),
                    try LearntRectifier(from: source)
                ))
        }
        self.enlarging = enlarging
        last = try Convolution(
            features, description.outputs ?? description.channels, kernel: 9, from: &source)
    }

    /// How many enlarging parts stand before the last convolution, at a scale.
    public static func enlargements(of scale: Int) -> Int { Upsampler.factors(of: scale).count }

    /// How much one axis of an image grows.
    public var scale: Int { description.scale }

    /// The state.
    public func state(under prefix: String) -> [StateEntry] {
        let after = "\(prefix)block\(blocks.count + 2)."
        let end = "\(prefix)block\(blocks.count + 3)."
        return first.state(under: prefix + "block1.0.")
            + firstRectifier.state(under: prefix + "block1.1.")
            + blocks.indices.flatMap { blocks[$0].state(under: "\(prefix)block\($0 + 2).") }
            + afterBlocks.state(under: after + "0.") + afterNorm.state(under: after + "1.")
            + enlarging.indices.flatMap {
                enlarging[$0].0.state(under: "\(end)\($0).conv.")
                    + enlarging[$0].1.state(under: "\(end)\($0).prelu.")
            }
            + last.state(under: "\(end)\(enlarging.count).")
    }

    /// Images of grey values in 0...1, enlarged.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let shallow = try firstRectifier(first(input))
        var deep = shallow
        for block in blocks { deep = try block(deep, training: training) }
        var features = try shallow + afterNorm(afterBlocks(deep), training: training)
        for (factor, (convolution, rectifier)) in zip(factors, enlarging) {
            features = try rectifier(convolution(features).pixelShuffled(factor))
        }
        let result = try last(features)
        return description.endsInTanh ? try (result.tanh() + 1) / 2 : result
    }

    /// Every layer, at the size it works at.
    public func reach(of output: Reach) -> Reach? {
        factors.reversed().reduce(output.convolved(9)) { $0.enlarged($1).convolved() }
            .convolved(layers: 2 * blocks.count + 1).convolved(9)
    }
}

/// Two normalised convolutions with one learnt rectifier between them, added to what came in.
struct NormalisedBlock: Layer {
    let convolutions: (Convolution, Convolution)
    let norms: (BatchNorm, BatchNorm)
    let rectifier: LearntRectifier

    init(_ features: Int, from source: inout WeightSource) throws(TorchError) {
        convolutions = (
            try Convolution(features, features, from: &source),
            try Convolution(features, features, from: &source)
        )
        norms = (try BatchNorm(features, from: source), try BatchNorm(features, from: source))
        rectifier = try LearntRectifier(from: source)
    }

    func state(under prefix: String) -> [StateEntry] {
        states(
            prefix,
            [
                ("conv1", convolutions.0), ("bn1", norms.0), ("prelu", rectifier),
                ("conv2", convolutions.1), ("bn2", norms.1),
            ])
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let inner = try rectifier(norms.0(convolutions.0(input), training: training))
        return try input + norms.1(convolutions.1(inner), training: training)
    }
}
