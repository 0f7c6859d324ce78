public import Torch

/// A U-Net (Ronneberger et al. 2015, doi:10.1007/978-3-319-24574-4_28) that sharpens images.
public struct UNetDescription: Hashable, Sendable, Codable {
    /// Where the image grows.
    public enum Growth: String, Hashable, Sendable, Codable, CaseIterable {
        /// Before the network, by bicubic interpolation: it works on HIGH's size.
        case before
        /// Behind the network, by pixel shuffles: it works on LOW's size.
        case behind
    }

    /// Channels of the images.
    public var channels = 1
    /// Channels of the result, where they are others than the images': slices of HIGH, found in the
    /// middle one of ``channels`` slices of LOW. Nil for as many as the images have.
    public var outputs: Int?
    /// How much one axis of an image grows, from 1 to 8.
    public var scale = 2
    /// Sizes at which it works, the image's own included: 5 halves the image four times.
    public var depth = 5
    /// Features at the image's own size; they double with every halving.
    public var base = 64
    /// What evens out the features.
    public var normalisation = Normalisation.none
    /// What weighs the features that skip.
    public var attention = Attention.none
    /// Whether each block is added to what came in (Res-UNet; Zhang et al. 2018,
    /// doi:10.1109/LGRS.2018.2802944).
    public var isResidual = false
    /// Whether the network's result is added to the image enlarged by bicubic interpolation.
    public var addsInput = true
    /// Where the image grows.
    public var growth = Growth.before
    /// The slope of rectifiers below zero.
    public var slope = 0.2

    /// Five sizes from 64 features, no normalisation, x2; set what is to differ.
    public init() {}

    /// What the edges of an input have to be multiples of.
    var inputMultiple: Int {
        let halvings = 1 << (depth - 1)
        guard growth == .before else { return halvings }
        var shared = (halvings, scale)
        while shared.1 != 0 { shared = (shared.1, shared.0 % shared.1) }
        return halvings / shared.0
    }
}

/// A U-Net or Res-UNet that sharpens images.
public final class UNet: SuperResolutionNetwork {
    /// What it was built from.
    public let description: UNetDescription
    private let encoder: [UNetBlock]
    private let decoder: [UNetStage]
    private let upsampler: Upsampler?
    private let last: Convolution

    /// A network with weights drawn by He's rule, and a last layer that begins small where its
    /// result is added to the image.
    public init(
        _ description: UNetDescription, from source: inout WeightSource
    ) throws(TorchError) {
        precondition(description.fault == nil, description.fault ?? "")
        self.description = description
        let features = (0..<description.depth).map { description.base << $0 }
        var encoder: [UNetBlock] = []
        for (level, outputs) in features.enumerated() {
            encoder.append(
                try UNetBlock(
                    level == 0 ? description.channels : features[level - 1], outputs,
                    as: description, from: &source))
        }
        self.encoder = encoder
        var decoder: [UNetStage] = []
        for level in (0..<description.depth - 1).reversed() {
            decoder.append(try UNetStage(features[level], as: description, from: &source))
        }
        self.decoder = decoder
        upsampler =
            description.growth == .behind
            ? try Upsampler(description.base, scale: description.scale, from: &source) : nil
        last = try Convolution(
            description.base, description.outputs ?? description.channels,
            initialisation: .kaiming(scale: description.addsInput ? 0.1 : 1, slope: 1),
            from: &source)
    }

    /// How much one axis of an image grows.
    public var scale: Int { description.scale }

    /// The image has to be halved as often as the network does it.
    public var inputMultiple: Int { description.inputMultiple }

    /// The state.
    public func state(under prefix: String) -> [StateEntry] {
        encoder.indices.flatMap { encoder[$0].state(under: "\(prefix)encoder.\($0).") }
            + decoder.indices.flatMap { decoder[$0].state(under: "\(prefix)decoder.\($0).") }
            + (upsampler?.state(under: prefix + "upsample.") ?? [])
            + last.state(under: prefix + "last.")
    }

    /// Images of grey values in 0...1, enlarged.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let enlarged =
            scale > 1 && (description.growth == .before || description.addsInput)
            ? try input.enlarged(scale, by: .bicubic) : input
        var features = description.growth == .before ? enlarged : input
        var skips: [Tensor] = []
        for (level, block) in encoder.enumerated() {
            if level > 0 { features = try features.maxPooled(2) }
            features = try block(features, training: training)
            skips.append(features)
        }
        skips.removeLast()
        for stage in decoder {
            features = try stage(features, skip: skips.removeLast(), training: training)
        }
        if let upsampler { features = try upsampler(features) }
        let result = try last(features)
        guard description.addsInput else { return result }
        // Every slice of HIGH begins as the LOW slice that it lies in.
        let image =
            description.outputs == nil
            ? enlarged
            : try enlarged.narrowed(dimension: 1, from: description.channels / 2, count: 1)
        return try image + result
    }

    /// Down to the coarsest size and back; nil where a layer looks at the whole image.
    public func reach(of output: Reach) -> Reach? {
        guard !description.normalisation.seesWholeImage, description.attention == .none else {
            return nil
        }
        let behind = upsampler?.reach(of: output.convolved()) ?? output.convolved()
        let inner = reach(of: behind, level: 0)
        guard description.growth == .before else {
            return description.addsInput
                ? inner.union(output.enlarged(scale, by: .bicubic)) : inner
        }
        return inner.enlarged(scale, by: .bicubic)
    }

    /// What the decoder's result at a level needs of the encoder's input.
    private func reach(of output: Reach, level: Int) -> Reach {
        let block = output.convolved(layers: 2)
        let skip = encoded(block, level: level)
        let below = block.convolved().enlarged(2, by: .bilinear)
        let deeper =
            level + 2 == description.depth
            ? encoded(below, level: level + 1)
            : reach(of: below, level: level + 1)
        return skip.union(deeper)
    }

    private func encoded(_ output: Reach, level: Int) -> Reach {
        let block = output.convolved(layers: 2)
        return level == 0 ? block : encoded(block.shrunk(2), level: level - 1)
    }
}

/// Two convolutions, normalised and rectified; as a residual block with a shortcut.
struct UNetBlock: Layer {
    let convolutions: (Convolution, Convolution)
    let norms: ((any Layer)?, (any Layer)?)
    let shortcut: Convolution?
    let isResidual: Bool
    let slope: Double

    init(
        _ inputs: Int, _ outputs: Int, as description: UNetDescription,
        from source: inout WeightSource
    ) throws(TorchError) {
        slope = description.slope
        let rule = Initialisation.kaiming(scale: 1, slope: slope)
        convolutions = (
            try Convolution(inputs, outputs, initialisation: rule, from: &source),
            try Convolution(outputs, outputs, initialisation: rule, from: &source)
        )
        norms = (
            try description.normalisation.layer(outputs, from: source),
            try description.normalisation.layer(outputs, from: source)
        )
        isResidual = description.isResidual
        shortcut =
            isResidual && inputs != outputs
            ? try Convolution(
                inputs, outputs, kernel: 1, initialisation: .kaiming(scale: 1, slope: 1),
                from: &source) : nil
    }

    func state(under prefix: String) -> [StateEntry] {
        convolutions.0.state(under: prefix + "conv1.")
            + (norms.0?.state(under: prefix + "norm1.") ?? [])
            + convolutions.1.state(under: prefix + "conv2.")
            + (norms.1?.state(under: prefix + "norm2.") ?? [])
            + (shortcut?.state(under: prefix + "shortcut.") ?? [])
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        var inner = try convolutions.0(input)
        if let norm = norms.0 { inner = try norm(inner, training: training) }
        inner = try convolutions.1(inner.leakyRelu(slope: slope))
        if let norm = norms.1 { inner = try norm(inner, training: training) }
        if let shortcut {
            inner = try inner + shortcut(input)
        } else if isResidual {
            inner = try inner + input
        }
        return try inner.leakyRelu(slope: slope)
    }
}

/// One step back up: enlarged features beside those that skipped, and a block over both.
struct UNetStage {
    let narrowing: Convolution
    let attention: (any Layer)?
    let block: UNetBlock

    /// `features` at this size; there are twice as many below.
    init(
        _ features: Int, as description: UNetDescription, from source: inout WeightSource
    ) throws(TorchError) {
        narrowing = try Convolution(
            2 * features, features, initialisation: .kaiming(scale: 1, slope: 1), from: &source)
        attention = try description.attention.layer(features, from: &source)
        block = try UNetBlock(2 * features, features, as: description, from: &source)
    }

    func state(under prefix: String) -> [StateEntry] {
        narrowing.state(under: prefix + "up.")
            + (attention?.state(under: prefix + "attention.") ?? [])
            + block.state(under: prefix + "block.")
    }

    func callAsFunction(
        _ input: Tensor, skip: Tensor, training: Bool
    ) throws(TorchError) -> Tensor {
        let enlarged = try narrowing(input.enlarged(2, by: .bilinear))
        let weighed = if let attention { try attention(skip, training: training) } else { skip }
        return try block(
            Tensor.concatenated([weighed, enlarged], dimension: 1), training: training)
    }
}
