public import Torch

/// A small network that restores damaged HIGH images, whose inner features tell how alike two images
/// look: in the place of ``VGG19``, where there are no weights of that, or where photographs of animals
/// are no measure for rock.
///
/// Three sizes of two 3 x 3 convolutions each, and a way back up without any connection beside it, so
/// that all the decoder knows has gone through the features. State names are those of ``Tap``.
public final class FeatureNetwork: Layer {
    /// A convolution whose result, before its rectifier, is a feature.
    public enum Tap: String, CaseIterable, Sendable, Codable {
        /// At the image's size.
        case conv1_2
        /// At half of it.
        case conv2_2
        /// At a quarter.
        case conv3_2
    }

    private let encoder: [(Convolution, Convolution)]
    private let decoder: [Convolution]
    /// By what the features of every tap are divided.
    private let units: Tensor

    /// A network with weights drawn by He's rule.
    ///
    /// - Parameter features: At the image's size; they double twice.
    public init(features: Int = 24, from source: inout WeightSource) throws(TorchError) {
        func convolution(_ inputs: Int, _ outputs: Int) throws(TorchError) -> Convolution {
            try Convolution(
                inputs, outputs, initialisation: .kaiming(scale: 1, slope: 0.2), from: &source)
        }
        var encoder: [(Convolution, Convolution)] = []
        for level in 0..<3 {
            let outputs = features << level
            let inputs = level == 0 ? 1 : outputs / 2
            encoder.append((try convolution(inputs, outputs), try convolution(outputs, outputs)))
        }
        self.encoder = encoder
        decoder = [
            try convolution(4 * features, 2 * features), try convolution(2 * features, features),
            try convolution(features, 1),
        ]
        units = try source.buffer(1, [Tap.allCases.count])
    }

    /// The state.
    public func state(under prefix: String) -> [StateEntry] {
        encoder.indices.flatMap {
            encoder[$0].0.state(under: "\(prefix)conv\($0 + 1)_1.")
                + encoder[$0].1.state(under: "\(prefix)conv\($0 + 1)_2.")
        } + decoder.indices.flatMap { decoder[$0].state(under: "\(prefix)back\($0 + 1).") }
            + [StateEntry(prefix + "units", units, isParameter: false)]
    }

    /// The convolutions' results at all taps, of images (batch, 1, height, width) of at least 4 x 4.
    private func raw(_ images: Tensor) throws(TorchError) -> [Tensor] {
        var found: [Tensor] = []
        var current = images
        for (level, (one, other)) in encoder.enumerated() {
            if level > 0 { current = try current.maxPooled(2) }
            let result = try other(one(current).leakyRelu(slope: 0.2))
            found.append(result)
            current = try result.leakyRelu(slope: 0.2)
        }
        return found
    }

    /// The features at some taps, in their order and in units of ``measureUnits(on:)``.
    public func features(of images: Tensor, at taps: [Tap]) throws(TorchError) -> [Tensor] {
        let all = try raw(images)
        var found: [Tensor] = []
        for tap in taps {
            let index = Tap.allCases.firstIndex(of: tap) ?? 0
            let unit = try units.narrowed(dimension: 0, from: index, count: 1)
            found.append(try all[index] / unit)
        }
        return found
    }

    /// Makes the mean absolute difference between the features of different images of a batch the
    /// unit: of two images compared, 1 then means as unlike as two taken at random.
    ///
    /// - Parameter batches: Of at least two images each.
    public func measureUnits(on batches: [Tensor]) throws(TorchError) {
        var sums = [Float](repeating: 0, count: Tap.allCases.count)
        for images in batches {
            let count = images.shape[0] - 1
            precondition(count > 0, "one image alone is like itself")
            for (index, features) in try raw(images).enumerated() {
                let here = try features.narrowed(dimension: 0, from: 0, count: count)
                let next = try features.narrowed(dimension: 0, from: 1, count: count)
                sums[index] += Float(try here.loss(.l1, to: next).item())
            }
        }
        let means = sums.map { max($0 / Float(batches.count), .leastNormalMagnitude) }
        try units.assign(Tensor(means, shape: [means.count]))
    }

    /// Images restored.
    public func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let found = try raw(input)
        var current = found[2]
        for (level, convolution) in decoder.enumerated() {
            current = try current.leakyRelu(slope: 0.2)
            if level < 2 {
                let shape = found[1 - level].shape
                current = try current.resized(height: shape[2], width: shape[3], by: .bilinear)
            }
            current = try convolution(current)
        }
        return current
    }
}
