import Torch

/// What evens out the features between two convolutions.
public enum Normalisation: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing: absolute grey values stay what they are.
    case none
    /// Groups of channels of one image.
    case group
    /// Each channel of one image.
    case instance
    /// Each channel over the batch.
    case batch

    /// Whether a pixel's result depends on the whole image, so that tiles differ from the whole.
    var seesWholeImage: Bool { self == .group || self == .instance }

    /// The layer for that many channels; nil for none.
    func layer(_ channels: Int, from source: WeightSource) throws(TorchError) -> (any Layer)? {
        switch self {
        case .none: nil
        case .group: try GroupNorm(channels, from: source)
        case .instance: try InstanceNorm(channels, from: source)
        case .batch: try BatchNorm(channels, from: source)
        }
    }
}

/// Batch normalisation with running statistics.
struct BatchNorm: Layer {
    let weight: Tensor
    let bias: Tensor
    let runningMean: Tensor
    let runningVariance: Tensor
    let batches: Tensor

    init(_ channels: Int, from source: WeightSource) throws(TorchError) {
        weight = try source.constant(1, [channels])
        bias = try source.constant(0, [channels])
        runningMean = try source.buffer(0, [channels])
        runningVariance = try source.buffer(1, [channels])
        batches = try source.buffer(0, [], type: .int64)
    }

    func state(under prefix: String) -> [StateEntry] {
        [
            StateEntry(prefix + "weight", weight),
            StateEntry(prefix + "bias", bias),
            StateEntry(prefix + "running_mean", runningMean, isParameter: false),
            StateEntry(prefix + "running_var", runningVariance, isParameter: false),
            StateEntry(prefix + "num_batches_tracked", batches, isParameter: false),
        ]
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        if training { try batches.assign(batches + 1) }
        return try input.batchNormalized(
            weight: weight, bias: bias, runningMean: runningMean, runningVariance: runningVariance,
            training: training)
    }
}

/// Group normalisation, eight groups or as many as there are channels.
struct GroupNorm: Layer {
    let weight: Tensor
    let bias: Tensor
    let groups: Int

    init(_ channels: Int, from source: WeightSource) throws(TorchError) {
        weight = try source.constant(1, [channels])
        bias = try source.constant(0, [channels])
        groups = (1...min(8, channels)).last { channels % $0 == 0 } ?? 1
    }

    func state(under prefix: String) -> [StateEntry] {
        [StateEntry(prefix + "weight", weight), StateEntry(prefix + "bias", bias)]
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        try input.groupNormalized(groups: groups, weight: weight, bias: bias)
    }
}

/// Instance normalisation with learnt scale and shift.
struct InstanceNorm: Layer {
    let weight: Tensor
    let bias: Tensor

    init(_ channels: Int, from source: WeightSource) throws(TorchError) {
        weight = try source.constant(1, [channels])
        bias = try source.constant(0, [channels])
    }

    func state(under prefix: String) -> [StateEntry] {
        [StateEntry(prefix + "weight", weight), StateEntry(prefix + "bias", bias)]
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        try input.instanceNormalized(weight: weight, bias: bias)
    }
}
