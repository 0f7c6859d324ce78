import Foundation
import ImageMetrics
import Torch

/// Structural similarities as tensors, through which gradients flow.
///
/// They are those of `ImageMetrics`, in single precision: a Gaussian window of 11x11 pixels and
/// deviation 1.5 that lies wholly inside the image, for grey values of range 1.
struct Similarity {
    private let rows: Tensor
    private let columns: Tensor
    private let window: Int

    init(on device: Device) throws(TorchError) {
        let variant = StructuralSimilarity.matlab()
        window = variant.window
        let reach = Double(variant.window / 2)
        let weights = (0..<variant.window).map {
            exp(-pow((Double($0) - reach) / variant.sigmaInVoxels, 2) / 2)
        }
        let sum = weights.reduce(0, +)
        let kernel = weights.map { Float($0 / sum) }
        rows = try Tensor(kernel, shape: [1, 1, window, 1], on: device)
        columns = try Tensor(kernel, shape: [1, 1, 1, window], on: device)
    }

    /// The mean similarity at one scale.
    func single(_ made: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
        try means(made, target).whole.mean()
    }

    /// The mean over images of their similarity at up to five scales (Wang et al. 2003,
    /// doi:10.1109/ACSSC.2003.1292216).
    ///
    /// Scales that have no room for a window are left out, and the weights of the others add to one. A
    /// scale's similarity below 1e-4 counts as that, since roots have no slope at zero.
    func multiScale(_ made: Tensor, _ target: Tensor) throws(TorchError) -> Tensor {
        let levels = MultiScaleSimilarity.levels(
            height: made.shape[2], width: made.shape[3], window: window)
        var (made, target) = (try planes(made), try planes(target))
        var product: Tensor?
        let weights = MultiScaleSimilarity.weights(levels: max(levels, 1))
        for (level, weight) in weights.enumerated() {
            let means = try means(made, target)
            let mean = level == weights.count - 1 ? means.whole : means.contrast
            let factor = try mean.clamped(atLeast: 1e-4).power(weight)
            product =
                try product.map { product throws(TorchError) in try product * factor } ?? factor
            if level < weights.count - 1 {
                made = try halved(made)
                target = try halved(target)
            }
        }
        guard let product else { preconditionFailure("there is one scale at least") }
        return try product.mean()
    }

    /// The means over each plane of contrast and structure, and of the whole similarity.
    private func means(
        _ made: Tensor, _ target: Tensor
    ) throws(TorchError) -> (contrast: Tensor, whole: Tensor) {
        let (a, b) = (try planes(made), try planes(target))
        let count = a.shape[0]
        let products = try Tensor.concatenated(
            [a, b, a.squared(), b.squared(), a * b], dimension: 0)
        let blurred = try products.convolved(rows).convolved(columns)
        func part(_ index: Int) throws(TorchError) -> Tensor {
            try blurred.narrowed(dimension: 0, from: index * count, count: count)
        }
        let (meanA, meanB) = (try part(0), try part(1))
        let varianceA = try part(2) - meanA.squared()
        let varianceB = try part(3) - meanB.squared()
        let covariance = try part(4) - meanA * meanB
        let (c1, c2) = (0.01 * 0.01, 0.03 * 0.03)
        let contrast = try (covariance * 2 + c2) / (varianceA + varianceB + c2)
        let luminance = try (meanA * meanB * 2 + c1) / (meanA.squared() + meanB.squared() + c1)
        return (
            try contrast.mean(over: [1, 2, 3]), try (contrast * luminance).mean(over: [1, 2, 3])
        )
    }

    /// Every channel of every image as an image of its own.
    private func planes(_ images: Tensor) throws(TorchError) -> Tensor {
        let shape = images.shape
        if shape[1] == 1 { return images }
        return try images.contiguous().reshaped([shape[0] * shape[1], 1, shape[2], shape[3]])
    }

    /// Means over squares of four pixels; at an odd edge over the two or one that are there.
    private func halved(_ images: Tensor) throws(TorchError) -> Tensor {
        let shape = images.shape
        let (bottom, right) = (shape[2] % 2, shape[3] % 2)
        let even =
            bottom + right == 0
            ? images
            : try images.padded(top: 0, bottom: bottom, left: 0, right: right, with: .replicate)
        return try even.averagePooled(2)
    }
}
