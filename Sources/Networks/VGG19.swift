public import Torch

/// The convolutions of VGG19 (Simonyan and Zisserman 2015, arXiv 1409.1556), whose features tell how
/// alike two images look.
///
/// State names are torchvision's, `features.0.weight` to `features.34.bias`, so that its weights load
/// here; the dense layers of a file of weights are not needed.
public final class VGG19: Layer {
    /// A convolution, named by its block and its place in it; its result is taken before the
    /// rectifier.
    public struct Tap: Hashable, Sendable, Codable {
        /// The block, 1 to 5: images are halved between two.
        public let block: Int
        /// The convolution in it: 1 to 2 in the first two blocks, 1 to 4 in the others.
        public let convolution: Int

        /// `conv1_2` is `Tap(block: 1, convolution: 2)`.
        public init(block: Int, convolution: Int) {
            precondition(
                (1...5).contains(block) && convolution >= 1
                    && convolution <= VGG19.lengths[block - 1],
                "VGG19 has blocks of 2, 2, 4, 4 and 4 convolutions")
            self.block = block
            self.convolution = convolution
        }
    }

    static let lengths = [2, 2, 4, 4, 4]
    private let blocks: [[Convolution]]
    private let mean: Tensor
    private let deviation: Tensor

    /// A network with drawn weights, which have to be loaded to be of use.
    ///
    /// - Parameter features: Of the first block; they double three times.
    public init(features: Int = 64, from source: inout WeightSource) throws(TorchError) {
        var blocks: [[Convolution]] = []
        var inputs = 3
        for (block, length) in VGG19.lengths.enumerated() {
            let outputs = features << min(block, 3)
            var convolutions: [Convolution] = []
            for _ in 0..<length {
                convolutions.append(
                    try Convolution(
                        inputs, outputs, initialisation: .kaiming(scale: 1, slope: 0),
                        from: &source))
                inputs = outputs
            }
            blocks.append(convolutions)
        }
        self.blocks = blocks
        // Of the colours of ImageNet, by which its weights were learnt.
        mean = try Tensor([0.485, 0.456, 0.406], shape: [1, 3, 1, 1], on: source.device)
        deviation = try Tensor([0.229, 0.224, 0.225], shape: [1, 3, 1, 1], on: source.device)
    }

    /// The state.
    public func state(under prefix: String) -> [StateEntry] {
        var index = 0
        return blocks.flatMap { block in
            defer { index += 1 }
            return block.flatMap { convolution in
                defer { index += 2 }
                return convolution.state(under: "\(prefix)features.\(index).")
            }
        }
    }

    /// The features of images of 0...1 at each tap, in their order, before the rectifier.
    ///
    /// Images of one channel count as grey. Nothing behind the last tap is computed.
    public func features(of images: Tensor, at taps: [Tap]) throws(TorchError) -> [Tensor] {
        var found: [Tap: Tensor] = [:]
        let wanted = Set(taps)
        var current = try (images - mean) / deviation
        for (block, convolutions) in blocks.enumerated() {
            if block > 0 { current = try current.maxPooled(2) }
            for (index, convolution) in convolutions.enumerated() {
                let raw = try convolution(current)
                let tap = Tap(block: block + 1, convolution: index + 1)
                if wanted.contains(tap) { found[tap] = raw }
                if found.count == wanted.count { return taps.compactMap { found[$0] } }
                current = try raw.relu()
            }
        }
        return taps.compactMap { found[$0] }
    }

    /// The features behind the last convolution, before its rectifier.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        try features(of: input, at: [Tap(block: 5, convolution: 4)])[0]
    }
}
