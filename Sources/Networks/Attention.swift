import Torch

/// What weighs the features that skip from the encoder to the decoder.
public enum Attention: String, Hashable, Sendable, Codable, CaseIterable {
    /// Nothing.
    case none
    /// Channels by their means (Hu et al. 2018, doi:10.1109/CVPR.2018.00745).
    case squeezeExcitation
    /// Channels by their means and pixels by their features, added (Roy et al. 2018,
    /// doi:10.1007/978-3-030-00928-1_48).
    case concurrentSqueezeExcitation
    /// Channels, then pixels, by means and maxima (CBAM, Woo et al. 2018,
    /// doi:10.1007/978-3-030-01234-2_1).
    case convolutionalBlock

    /// The layer for that many channels; nil for none.
    func layer(_ channels: Int, from source: inout WeightSource) throws(TorchError) -> (any Layer)?
    {
        switch self {
        case .none: nil
        case .squeezeExcitation: try ChannelGate(channels, takesMaxima: false, from: &source)
        case .concurrentSqueezeExcitation: try ConcurrentGate(channels, from: &source)
        case .convolutionalBlock: try BlockAttention(channels, from: &source)
        }
    }
}

/// Multiplies each channel by a number in 0...1 that a small network makes of all channels' means,
/// and of their maxima too where asked.
struct ChannelGate: Layer {
    let squeeze: Convolution
    let excite: Convolution
    let takesMaxima: Bool

    init(
        _ channels: Int, takesMaxima: Bool, from source: inout WeightSource
    ) throws(TorchError) {
        let inner = max(1, channels / 16)
        squeeze = try Convolution(channels, inner, kernel: 1, from: &source)
        excite = try Convolution(inner, channels, kernel: 1, from: &source)
        self.takesMaxima = takesMaxima
    }

    func state(under prefix: String) -> [StateEntry] {
        states(prefix, [("squeeze", squeeze), ("excite", excite)])
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        var logits = try excite(squeeze(input.mean(over: [2, 3], keeping: true)).relu())
        if takesMaxima {
            logits =
                try logits
                + excite(squeeze(input.largest(over: [2, 3], keeping: true)).relu())
        }
        return try input * logits.sigmoid()
    }
}

/// Channels weighed and pixels weighed, added.
struct ConcurrentGate: Layer {
    let channels: ChannelGate
    let pixels: Convolution

    init(_ channels: Int, from source: inout WeightSource) throws(TorchError) {
        self.channels = try ChannelGate(channels, takesMaxima: false, from: &source)
        pixels = try Convolution(channels, 1, kernel: 1, from: &source)
    }

    func state(under prefix: String) -> [StateEntry] {
        states(prefix, [("channel", channels), ("spatial", pixels)])
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        try channels(input) + input * pixels(input).sigmoid()
    }
}

/// Channels weighed, then pixels by the mean and the largest of their features in a 7 x 7 window.
struct BlockAttention: Layer {
    let channels: ChannelGate
    let pixels: Convolution

    init(_ channels: Int, from source: inout WeightSource) throws(TorchError) {
        self.channels = try ChannelGate(channels, takesMaxima: true, from: &source)
        pixels = try Convolution(2, 1, kernel: 7, bias: false, from: &source)
    }

    func state(under prefix: String) -> [StateEntry] {
        states(prefix, [("channel", channels), ("spatial", pixels)])
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        let weighed = try channels(input)
        let summary = try Tensor.concatenated(
            [
                weighed.mean(over: [1], keeping: true), weighed.largest(over: [1], keeping: true),
            ], dimension: 1)
        return try weighed * pixels(summary).sigmoid()
    }
}
