import Foundation
import Testing
import Volumes

@testable import ImageMetrics

@Suite struct `Structural similarity` {
    static let variants: [StructuralSimilarity] = [
        .gaussian7(), .matlab(), .gaussian7(dataRange: 2),
        StructuralSimilarity(window: 5, sigmaInVoxels: 1, dataRange: 1, precision: .single),
    ]

    /// Height, width; 11x11 by scikit-image 0.26's structural_similarity(gaussian_weights=True,
    /// sigma=1.5, use_sample_covariance=False, data_range=1) in float64; 7x7 by pytorch-msssim
    /// 1.0's ssim(win_size=7, win_sigma=1.5) for data ranges 1 and 2, whose window is rounded to
    /// float32.
    @Test(arguments: [
        (64, 48, [0.8212607367365307, 0.8116355573397961, 0.827944865758689]),
        (192, 176, [0.8226488097075223, 0.8132354550708412, 0.8292378882808896]),
        (161, 163, [0.8224837837257533, 0.8128687076190616, 0.8289208904847492]),
        (15, 40, [0.8301160619840348, 0.8171790437477506, 0.8319222455733798]),
    ])
    func `is that of other programs in both named windows`(
        height: Int, width: Int, expected: [Double]
    ) throws {
        let (image, reference) = pictures(height: height, width: width)
        let pair = try ImagePair(image, reference: reference)
        #expect(abs(try pair.structuralSimilarity(.matlab()) - expected[0]) < 1e-7)
        #expect(abs(try pair.structuralSimilarity(.gaussian7()) - expected[1]) < 3e-6)
        #expect(abs(try pair.structuralSimilarity(.gaussian7(dataRange: 2)) - expected[2]) < 3e-6)
    }

    @Test(arguments: UInt64(0)..<10)
    func `is one for an image and itself, symmetric, and falls with noise`(seed: UInt64) throws {
        let shape = Shape(depth: 2, height: 40, width: 33)
        let image = Volume<Float>.waves(shape, seed: seed)
        for variant in Self.variants {
            let same = try ImagePair(image, reference: image).structuralSimilarity(variant)
            #expect(abs(same - 1) < 1e-5)
            var last = 1.0
            for deviation in [0.01, 0.03, 0.1, 0.3] {
                let noisy = image.noisy(deviation, seed: seed + 100)
                let value = try ImagePair(noisy, reference: image).structuralSimilarity(variant)
                let turned = try ImagePair(image, reference: noisy).structuralSimilarity(variant)
                #expect(abs(value - turned) < 1e-6)
                #expect(value < last, "\(variant.name)")
                last = value
            }
        }
    }

    @Test func `of a volume is the mean over its slices`() throws {
        let image = Volume<Float>.waves(Shape(depth: 3, height: 70, width: 20), seed: 4)
        let noisy = image.noisy(0.05, seed: 5)
        let slices = try (0..<3).map { z in
            let region = Region(z: z, y: 0, x: 0, shape: image.shape.withDepth(1))
            return try ImagePair(noisy.cropped(to: region), reference: image.cropped(to: region))
                .structuralSimilarity(.matlab())
        }
        let pair = try ImagePair(noisy, reference: image)
        #expect(try pair.structuralSimilarityOfSlices(.matlab()) == slices)
        #expect(try pair.structuralSimilarity(.matlab()) == slices.mean)
        let scales = try pair.multiScaleSimilarity()
        #expect(scales.levels == 1 && scales.slices == slices && scales.value == slices.mean)
    }

    /// The definition, window by window.
    @Test func `is what its definition says`() throws {
        let image = Volume<Float>.waves(Shape(depth: 1, height: 9, width: 12), seed: 1)
        let other = Volume<Float>.waves(image.shape, seed: 2)
        let variant = StructuralSimilarity(
            window: 3, sigmaInVoxels: 0.8, dataRange: 0.5, precision: .double)
        let single = (-1...1).map { exp(-Double($0 * $0) / (2 * 0.8 * 0.8)) }
        let norm = single.reduce(0, +)
        var sum = 0.0
        for y in 0..<7 {
            for x in 0..<10 {
                var m = (a: 0.0, b: 0.0, aa: 0.0, bb: 0.0, ab: 0.0)
                for v in 0..<3 {
                    for u in 0..<3 {
                        let w = single[v] * single[u] / (norm * norm)
                        let (a, b) = (
                            Double(image[0, y + v, x + u]), Double(other[0, y + v, x + u])
                        )
                        m = (
                            m.a + w * a, m.b + w * b, m.aa + w * a * a, m.bb + w * b * b,
                            m.ab + w * a * b
                        )
                    }
                }
                let (c1, c2) = (0.005 * 0.005, 0.015 * 0.015)
                sum +=
                    (2 * m.a * m.b + c1) * (2 * (m.ab - m.a * m.b) + c2)
                    / ((m.a * m.a + m.b * m.b + c1) * (m.aa - m.a * m.a + m.bb - m.b * m.b + c2))
            }
        }
        let value = try ImagePair(image, reference: other).structuralSimilarity(variant)
        #expect(abs(value - sum / 70) < 1e-12)
    }

    @Test func `needs room for one window`() throws {
        let image = Volume<Float>(shape: Shape(depth: 1, height: 10, width: 40), repeating: 1)
        let pair = try ImagePair(image, reference: image)
        #expect(throws: ImageMetricsError.tooSmall(image.shape, window: 11)) {
            try pair.structuralSimilarity(.matlab())
        }
        #expect(throws: ImageMetricsError.tooSmall(image.shape, window: 11)) {
            try pair.multiScaleSimilarity()
        }
        #expect(try pair.structuralSimilarity(.gaussian7()) == 1)
    }

    @Test func `names its variant`() {
        #expect(StructuralSimilarity.gaussian7().name == "SSIM 7x7 sigma 1.5 range 1.0 single")
        #expect(StructuralSimilarity.matlab().name == "SSIM 11x11 sigma 1.5 range 1.0 double")
    }
}

@Suite struct `Multi-scale similarity` {
    /// 192x176 by pytorch-msssim 1.0 (sides that halve evenly, so that all programs agree); the
    /// others by the definition in NumPy and SciPy in float64, odd edges repeated as in TensorFlow.
    @Test(arguments: [
        (192, 176, 5, 0.9728413612068484), (161, 163, 5, 0.9729864374937268),
        (64, 48, 3, 0.9622559056718001), (15, 40, 1, 0.8301160619840344),
    ])
    func `is that of other programs, with fewer scales for small images`(
        height: Int, width: Int, levels: Int, expected: Double
    ) throws {
        let (image, reference) = pictures(height: height, width: width)
        let found = try ImagePair(image, reference: reference).multiScaleSimilarity()
        #expect(found.levels == levels)
        #expect(abs(found.value - expected) < 1e-6)
    }

    @Test(arguments: [(160, 4), (161, 5), (80, 3), (81, 4), (20, 1), (21, 2), (11, 1)])
    func `drops scales whose side is below eleven`(side: Int, levels: Int) throws {
        let image = Volume<Float>.waves(Shape(depth: 1, height: side, width: 200), seed: 3)
        let same = try ImagePair(image, reference: image).multiScaleSimilarity()
        #expect(same.levels == levels && abs(same.value - 1) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<5)
    func `is symmetric and falls with noise`(seed: UInt64) throws {
        let image = Volume<Float>.waves(Shape(depth: 1, height: 180, width: 170), seed: seed)
        var last = 1.0
        for deviation in [0.02, 0.1, 0.4] {
            let noisy = image.noisy(deviation, seed: seed + 100)
            let value = try ImagePair(noisy, reference: image).multiScaleSimilarity().value
            let turned = try ImagePair(image, reference: noisy).multiScaleSimilarity().value
            #expect(abs(value - turned) < 1e-12)
            #expect(value < last)
            last = value
        }
        // An image and its negative: no structure in common, and no root of a negative number.
        let negative = image.map { 1 - $0 }
        #expect(try ImagePair(negative, reference: image).multiScaleSimilarity().value == 0)
    }
}
