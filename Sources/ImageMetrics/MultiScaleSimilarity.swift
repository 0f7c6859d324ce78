import Foundation
import Volumes

/// A multi-scale structural similarity, and how many scales went into it.
public struct MultiScaleSimilarity: Hashable, Sendable, Codable {
    /// Of every slice, 0...1.
    public let slices: [Double]
    /// Five for slices of more than 160 voxels; fewer for smaller ones, whose weights are scaled
    /// to add to one. Figures of different numbers of scales do not compare.
    public let levels: Int

    /// The mean over slices.
    public var value: Double { slices.mean }

    /// The weights of the scales, finest first, as published; they add to 1.0001 (Wang et al. 2003,
    /// doi:10.1109/ACSSC.2003.1292216).
    public static let weights = [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]

    /// How many scales of an image have room for a window.
    public static func levels(height: Int, width: Int, window: Int) -> Int {
        var side = min(height, width)
        var levels = 0
        while levels < weights.count, side >= window {
            levels += 1
            side = (side + 1) / 2
        }
        return levels
    }

    /// The weights of the first `levels` scales, which add to one if that is not all of them.
    public static func weights(levels: Int) -> [Double] {
        let kept = weights.prefix(levels)
        let sum = levels == weights.count ? 1 : kept.reduce(0, +)
        return kept.map { $0 / sum }
    }
}

extension ImagePair {
    /// The structural similarity over several scales, each half the one before.
    ///
    /// The window is 11x11 with sigma 1.5, in double precision. A coarser voxel is the mean of the
    /// up to four it covers; at an odd edge those that are there. Contrast and structure count at
    /// all scales, luminance at the coarsest; a negative mean counts as zero, as it has no root.
    ///
    /// - Throws: ``ImageMetricsError/tooSmall(_:window:)`` where not even one window fits.
    public func multiScaleSimilarity(
        dataRange: Double = 1
    ) throws(ImageMetricsError) -> MultiScaleSimilarity {
        let variant = StructuralSimilarity.matlab(dataRange: dataRange)
        let levels = MultiScaleSimilarity.levels(
            height: image.shape.height, width: image.shape.width, window: variant.window)
        let weights = MultiScaleSimilarity.weights(levels: max(levels, 1))
        var products = Array(repeating: 1.0, count: image.shape.depth)
        var pair = self
        // A slice without room for one window is refused by the finest scale.
        for level in 0..<max(levels, 1) {
            let means = try pair.similarities(variant)
            for z in products.indices {
                let mean = level == levels - 1 ? means[z].whole : means[z].contrast
                products[z] *= pow(max(mean, 0), weights[level])
            }
            if level < levels - 1 { pair = pair.halved() }
        }
        return MultiScaleSimilarity(slices: products, levels: levels)
    }

    private func halved() -> ImagePair {
        ImagePair(sameShape: ImagePair.halved(image), reference: ImagePair.halved(reference))
    }

    private static func halved(_ volume: Volume<Float>) -> Volume<Float> {
        let shape = volume.shape
        let (height, width) = ((shape.height + 1) / 2, (shape.width + 1) / 2)
        return volume.withVoxels { voxels in
            Volume(shape: Shape(depth: shape.depth, height: height, width: width)) { z, slice in
                for y in 0..<height {
                    let rows = [2 * y, min(2 * y + 1, shape.height - 1)].map { row in
                        (z * shape.height + row) * shape.width
                    }
                    let upper = voxels.extracting(rows[0]..<(rows[0] + shape.width))
                    let lower = voxels.extracting(rows[1]..<(rows[1] + shape.width))
                    for x in 0..<width {
                        let right = min(2 * x + 1, shape.width - 1)
                        let sum = (upper[2 * x] + upper[right]) + (lower[2 * x] + lower[right])
                        slice[y * width + x] = sum / 4
                    }
                }
            }
        }
    }
}
