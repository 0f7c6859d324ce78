public import Torch

/// Enhanced deep residual networks (Lim et al. 2017, doi:10.1109/CVPRW.2017.151).
public struct EDSRDescription: Hashable, Sendable, Codable {
    /// Channels of the images.
    public var channels = 1
    /// Channels of the result, where they are others than the images': slices of HIGH, found in the
    /// middle one of ``channels`` slices of LOW. Nil for as many as the images have.
    public var outputs: Int?
    /// How much one axis of an image grows, from 1 to 8: a pixel shuffle for every prime factor, the
    /// smallest first, so two for x4 and one for x5.
    public var scale = 4
    /// Features of every layer.
    public var features = 64
    /// Residual blocks.
    public var blocks = 16
    /// By what a block's result is multiplied before it is added.
    public var residualScale = 1.0
    /// What grey values of 0...1 are multiplied by.
    public var range = 255.0
    /// What is taken off each channel first; the mean of the DIV2K images as published, and the mean
    /// of its three numbers for one channel.
    public var mean = [0.43]

    /// The middle-sized network: 16 blocks of 64 features.
    public static func medium(scale: Int, channels: Int = 1) -> EDSRDescription {
        var description = EDSRDescription()
        description.scale = scale
        description.channels = channels
        description.mean =
            channels == 3 ? [0.4488, 0.4371, 0.4040] : .init(repeating: 0.43, count: channels)
        return description
    }

    /// The large network: 32 blocks of 256 features, residuals scaled by 0.1.
    public static func large(scale: Int, channels: Int = 1) -> EDSRDescription {
        var description = medium(scale: scale, channels: channels)
        description.features = 256
        description.blocks = 32
        description.residualScale = 0.1
        return description
    }

    /// The middle-sized network for one channel and x4.
    public init() {}
}

/// Enhanced deep residual networks; state names as in BasicSR.
public final class EDSR: SuperResolutionNetwork {
    /// What it was built from.
    public let description: EDSRDescription
    private let first: Convolution
    private let blocks: [(Convolution, Convolution)]
    private let afterBlocks: Convolution
    private let upsampler: Upsampler
    private let last: Convolution
    private let mean: Tensor
    private let outputMean: Tensor

    /// A network with weights drawn as PyTorch does.
    public init(
        _ description: EDSRDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.fault == nil, description.fault ?? "")
        self.description = description
        let features = description.features
        first = try Convolution(description.channels, features, from: &source)
        var blocks: [(Convolution, Convolution)] = []
        for _ in 0..<description.blocks {
            blocks.append(
                (
                    try Convolution(features, features, from: &source),
                    try Convolution(features, features, from: &source)
                ))
        }
        self.blocks = blocks
        afterBlocks = try Convolution(features, features, from: &source)
        upsampler = try Upsampler(features, scale: description.scale, from: &source)
        last = try Convolution(
            features, description.outputs ?? description.channels, from: &source)
        mean = try Tensor(
            description.mean.map { Float($0) }, shape: [1, description.channels, 1, 1],
            on: source.device)
        // Slices have one mean for all, which is also that of what is found in them.
        let sum = description.mean.reduce(0, +)
        outputMean =
            description.outputs == nil
            ? mean
            : try Tensor.full(
                sum / Double(description.channels), shape: [1, 1, 1, 1], on: source.device)
    }

    /// How much one axis of an image grows.
    public var scale: Int { description.scale }

    /// The state; the mean is none of it.
    public func state(under prefix: String) -> [StateEntry] {
        first.state(under: prefix + "conv_first.")
            + blocks.indices.flatMap {
                blocks[$0].0.state(under: "\(prefix)body.\($0).conv1.")
                    + blocks[$0].1.state(under: "\(prefix)body.\($0).conv2.")
            }
            + afterBlocks.state(under: prefix + "conv_after_body.")
            + upsampler.state(under: prefix + "upsample.")
            + last.state(under: prefix + "conv_last.")
    }

    /// Images of grey values in 0...1, enlarged.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let shallow = try first((input - mean) * description.range)
        var deep = shallow
        for (one, other) in blocks {
            deep = try deep.adding(other(one(deep).relu()), times: description.residualScale)
        }
        let features = try afterBlocks(deep) + shallow
        return try last(upsampler(features)) / description.range + outputMean
    }

    /// Every 3 x 3 layer, at the size it works at.
    public func reach(of output: Reach) -> Reach? {
        upsampler.reach(of: output.convolved()).convolved(layers: 2 * blocks.count + 2)
    }
}
