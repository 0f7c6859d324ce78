public import Torch

/// Residual-in-residual dense blocks, the generator of ESRGAN (Wang et al. 2019,
/// doi:10.1007/978-3-030-11021-5_5) and Real-ESRGAN.
public struct RRDBDescription: Hashable, Sendable, Codable {
    /// Channels of the images.
    public var channels = 1
    /// Channels of the result, where they are others than the images': slices of HIGH, found in the
    /// middle one of ``channels`` slices of LOW. Nil for as many as the images have.
    public var outputs: Int?
    /// How much one axis of an image grows, from 1 to 8. All take weights of one shape but 1 and 2,
    /// which fold the image into channels first: nearest x2 twice for x4, x5 and x1 for x5.
    public var scale = 4
    /// Features between the blocks.
    public var features = 64
    /// Blocks, of three dense blocks each.
    public var blocks = 23
    /// Features that each convolution of a dense block adds.
    public var growth = 32

    /// The published network for one channel and x4; set what is to differ.
    public init() {}

    /// That network for a scale.
    public init(scale: Int, channels: Int = 1, blocks: Int = 23) {
        self.scale = scale
        self.channels = channels
        self.blocks = blocks
    }

    /// By what the image is folded into channels first: x1 and x2 work at a quarter and half size,
    /// as published, and are enlarged x4.
    var fold: Int { scale == 1 ? 4 : scale == 2 ? 2 : 1 }

    /// The two nearest-neighbour enlargements, each followed by a convolution, so that the weights of
    /// x4 fit every other scale above 2.
    var enlargements: [Int] {
        switch scale {
        case 1, 2, 4: [2, 2]
        case 6: [2, 3]
        case 8: [2, 4]
        default: [scale, 1]
        }
    }
}

/// The generator of ESRGAN and Real-ESRGAN; state names as in BasicSR.
public final class RRDBNet: SuperResolutionNetwork {
    /// What it was built from.
    public let description: RRDBDescription
    private let first: Convolution
    private let blocks: [[DenseBlock]]
    private let afterBlocks: Convolution
    private let enlarging: [Convolution]
    private let high: Convolution
    private let last: Convolution

    /// A network with weights drawn as published: a tenth of He's in the dense blocks.
    public init(
        _ description: RRDBDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.fault == nil, description.fault ?? "")
        self.description = description
        let features = description.features
        let fold = description.fold
        first = try Convolution(description.channels * fold * fold, features, from: &source)
        var blocks: [[DenseBlock]] = []
        for _ in 0..<description.blocks {
            var block: [DenseBlock] = []
            for _ in 0..<3 {
                block.append(
                    try DenseBlock(features, growth: description.growth, from: &source))
            }
            blocks.append(block)
        }
        self.blocks = blocks
        afterBlocks = try Convolution(features, features, from: &source)
        enlarging = [
            try Convolution(features, features, from: &source),
            try Convolution(features, features, from: &source),
        ]
        high = try Convolution(features, features, from: &source)
        last = try Convolution(
            features, description.outputs ?? description.channels, from: &source)
    }

    /// How much one axis of an image grows.
    public var scale: Int { description.scale }

    /// By what the image is folded.
    public var inputMultiple: Int { description.fold }

    /// The state.
    public func state(under prefix: String) -> [StateEntry] {
        first.state(under: prefix + "conv_first.")
            + blocks.indices.flatMap { block in
                blocks[block].indices.flatMap {
                    blocks[block][$0].state(under: "\(prefix)body.\(block).rdb\($0 + 1).")
                }
            }
            + afterBlocks.state(under: prefix + "conv_body.")
            + enlarging[0].state(under: prefix + "conv_up1.")
            + enlarging[1].state(under: prefix + "conv_up2.")
            + high.state(under: prefix + "conv_hr.")
            + last.state(under: prefix + "conv_last.")
    }

    /// Images of grey values in 0...1, enlarged.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let fold = description.fold
        let shallow = try first(fold > 1 ? input.pixelUnshuffled(fold) : input)
        var deep = shallow
        for block in blocks {
            var inner = deep
            for dense in block { inner = try dense(inner) }
            deep = try deep.adding(inner, times: DenseBlock.residualScale)
        }
        var features = try shallow + afterBlocks(deep)
        for (factor, convolution) in zip(description.enlargements, enlarging) {
            if factor > 1 { features = try features.enlarged(factor, by: .nearest) }
            features = try convolution(features).leakyRelu(slope: DenseBlock.slope)
        }
        return try last(high(features).leakyRelu(slope: DenseBlock.slope))
    }

    /// Every 3 x 3 layer, at the size it works at.
    public func reach(of output: Reach) -> Reach? {
        let low = description.enlargements.reversed().reduce(output.convolved(layers: 2)) {
            $0.convolved().enlarged($1)
        }
        return low.convolved(layers: 15 * blocks.count + 2).shrunk(description.fold)
    }
}

/// Five convolutions, each of which sees the results of all before it.
struct DenseBlock: Layer {
    static let slope = 0.2
    static let residualScale = 0.2
    let convolutions: [Convolution]

    init(_ features: Int, growth: Int, from source: inout WeightSource) throws(TorchError) {
        var convolutions: [Convolution] = []
        for index in 0..<5 {
            convolutions.append(
                try Convolution(
                    features + index * growth, index < 4 ? growth : features,
                    initialisation: .kaiming(scale: 0.1, slope: 0), from: &source))
        }
        self.convolutions = convolutions
    }

    func state(under prefix: String) -> [StateEntry] {
        convolutions.indices.flatMap { convolutions[$0].state(under: "\(prefix)conv\($0 + 1).") }
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        var features = [input]
        for convolution in convolutions.dropLast() {
            let all =
                features.count == 1
                ? input : try Tensor.concatenated(features, dimension: 1)
            features.append(try convolution(all).leakyRelu(slope: DenseBlock.slope))
        }
        let result = try convolutions[4](Tensor.concatenated(features, dimension: 1))
        return try input.adding(result, times: DenseBlock.residualScale)
    }
}
