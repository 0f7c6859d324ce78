import Foundation
import Randomness
import TestSupport
import Testing
import Volumes

@testable import Segmentation

@Suite struct `A denoised scan` {
    typealias Denoising = SegmentationSettings.Denoising

    static let methods: [Denoising] = [
        .none, .median3,
        .nonLocalMeans(NonLocalMeans(searchRadius: 2, noise: .standardDeviation(900))),
        .nonLocalMeans(
            NonLocalMeans(patchRadius: 2, searchRadius: 1, noise: .standardDeviation(900))),
        .anisotropicDiffusion(AnisotropicDiffusion(iterations: 3, noise: .standardDeviation(900))),
        .anisotropicDiffusion(
            AnisotropicDiffusion(
                iterations: 2, conductance: .rational, noise: .standardDeviation(900))),
    ]

    @Test(arguments: methods)
    func `has the same bits slab by slab as at once`(method: Denoising) {
        let shape = Shape(depth: 21, height: 19, width: 37)
        let scan = RawSlab(greyField(shape, bits: 13, as: UInt16.self))
        let whole = scan.denoised(by: method)
        for depth in [1, 3, 8, 11] {
            var bytes: [UInt8] = []
            for first in stride(from: 0, to: shape.depth, by: depth) {
                let slices = first..<min(first + depth, shape.depth)
                let begin = max(first - method.halo, 0)
                let end = min(slices.upperBound + method.halo, shape.depth)
                let kept = (first - begin)..<(slices.upperBound - begin)
                bytes += scan.slices(begin..<end).denoised(by: method, keeping: kept).bytes
            }
            #expect(bytes == whole.bytes)
        }
    }

    @Test(arguments: methods, ElementType.allCases)
    func `keeps the number format, and rounds to it`(method: Denoising, type: ElementType) {
        let shape = Shape(depth: 3, height: 9, width: 12)
        let scan = RawSlab(greyField(shape, bits: 7, as: UInt8.self).map { Double($0) })
            .rounded(to: type)
        let single = scan.convert(to: Float.self).denoised(by: method)
        let denoised = scan.denoised(by: method)
        #expect(denoised.elementType == type)
        #expect(denoised == RawSlab(single.map { Double($0) }).rounded(to: type))
    }

    @Test(arguments: methods.dropFirst())
    func `leaves a constant, and a single voxel, as they are`(method: Denoising) {
        for shape in [
            Shape(depth: 1, height: 1, width: 1), Shape(depth: 1, height: 1, width: 9),
            Shape(depth: 5, height: 1, width: 2), Shape(depth: 4, height: 6, width: 8),
        ] {
            let constant = Volume(shape: shape, repeating: Float(12_345.5))
            let worst =
                zip(constant.denoised(by: method).array, constant.array)
                .map { abs($0 - $1) }.max() ?? 0
            // A weighted mean is rounded some tens of times to 24 binary digits.
            #expect(worst <= 12_345.5 * 0x1p-20)
        }
    }

    @Test(arguments: [
        Denoising.nonLocalMeans(NonLocalMeans(searchRadius: 2)),
        .anisotropicDiffusion(AnisotropicDiffusion(iterations: 8)),
    ])
    func `takes most of the noise away and leaves the edges`(method: Denoising) {
        let truth = ballMask().map { $0 ? Float(14_000) : 26_000 }
        var generator = SplitMix64(seed: 5)
        let noise = NormalDistribution(mean: 0, standardDeviation: 2000)
        let scan = truth.map { $0 + Float(noise.draw(using: &generator)) }
        let denoised = scan.denoised(by: method)
        func error(_ volume: Volume<Float>) -> Double {
            let squares = zip(volume.array, truth.array).map { Double(($0 - $1) * ($0 - $1)) }
            return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
        }
        #expect(error(denoised) < 0.5 * error(scan))
        // The noise alone puts 1.3 voxels in a thousand, 23, on the wrong side of the middle, and a
        // blur more along the edges.
        let wrong = zip(denoised.array, truth.array).filter { ($0 > 20_000) != ($1 > 20_000) }
        #expect(wrong.count < 10, "\(wrong.count) of \(truth.shape.count)")
    }

    @Test(arguments: methods)
    func `is what segmentation cuts`(method: Denoising) throws {
        let scan = RawSlab(ballScan(seed: 3))
        let result = try segment(scan, settings: SegmentationSettings(denoising: method))
        var histogram = try #require(GreyHistogram(levelsOf: .uint16))
        let denoised = scan.denoised(by: method)
        histogram.add(denoised)
        let threshold = try #require(histogram.otsuThreshold)
        #expect(result.thresholds == [threshold])
        #expect(result.mask == denoised.volume(as: UInt16.self).map { Double($0) <= threshold })
    }

    @Test func `without noise changes nothing`() {
        let volume = greyField(Shape(depth: 4, height: 6, width: 8), bits: 8, as: UInt8.self)
            .map { Float($0) }
        for method in Self.methods.dropFirst(2) {
            let still = method.whereEstimated(noise: 3)
            #expect(still == method)
        }
        for method in [
            Denoising.nonLocalMeans(NonLocalMeans(noise: .standardDeviation(0))),
            .anisotropicDiffusion(AnisotropicDiffusion(noise: .standardDeviation(0))),
        ] {
            #expect(volume.denoised(by: method) == volume)
        }
    }

    @Test func `takes the noise of the scan for its slabs`() {
        let means = Denoising.nonLocalMeans(NonLocalMeans(strength: 0.5))
        #expect(
            means.whereEstimated(noise: 12)
                == .nonLocalMeans(NonLocalMeans(strength: 0.5, noise: .standardDeviation(12))))
        let diffusion = Denoising.anisotropicDiffusion(AnisotropicDiffusion(edge: 2))
        #expect(
            diffusion.whereEstimated(noise: 12)
                == .anisotropicDiffusion(
                    AnisotropicDiffusion(edge: 2, noise: .standardDeviation(12))))
        #expect(Denoising.median3.whereEstimated(noise: 12) == .median3)
        #expect(means.noise == .estimated)
        #expect(Denoising.median3.noise == nil)
    }

    @Test(arguments: methods + [.anisotropicDiffusion(AnisotropicDiffusion())])
    func `is read as it was written`(method: Denoising) throws {
        let data = try JSONEncoder().encode([method])
        #expect(try JSONDecoder().decode([Denoising].self, from: data) == [method])
    }

    @Test(arguments: [
        (#"["none"]"#, Denoising.none), (#"["median3"]"#, .median3),
        (
            #"""
            [{"non_local_means": {"patch_radius": 2, "search_radius": 4, "strength": 0.6,
              "noise": 12.5}}]
            """#,
            .nonLocalMeans(
                NonLocalMeans(
                    patchRadius: 2, searchRadius: 4, strength: 0.6, noise: .standardDeviation(12.5))
            )
        ),
        (
            #"""
            [{"anisotropic_diffusion": {"iterations": 5, "time_step": 0.125,
              "conductance": "rational", "edge": 2, "noise": "estimated"}}]
            """#,
            .anisotropicDiffusion(
                AnisotropicDiffusion(iterations: 5, conductance: .rational, edge: 2))
        ),
    ])
    func `is read from receipts`(json: String, expected: Denoising) throws {
        #expect(try JSONDecoder().decode([Denoising].self, from: Data(json.utf8)) == [expected])
    }

    @Test(arguments: [
        #"["median5"]"#, #"[{}]"#, "[3]",
        #"[{"non_local_means": {"patch_radius": 4, "search_radius": 4, "strength": 1, "noise": 1}}]"#,
        #"[{"non_local_means": {"patch_radius": 1, "search_radius": 0, "strength": 1, "noise": 1}}]"#,
        #"[{"non_local_means": {"patch_radius": 1, "search_radius": 1, "strength": 0, "noise": 1}}]"#,
        #"""
        [{"non_local_means": {"patch_radius": 1, "search_radius": 1, "strength": 1, "noise": "loud"}}]
        """#,
        #"""
        [{"anisotropic_diffusion": {"iterations": 5, "time_step": 0.17, "conductance": "rational",
          "edge": 2, "noise": "estimated"}}]
        """#,
        #"""
        [{"anisotropic_diffusion": {"iterations": 0, "time_step": 0.1, "conductance": "rational",
          "edge": 2, "noise": "estimated"}}]
        """#,
    ])
    func `out of range is refused`(json: String) {
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([Denoising].self, from: Data(json.utf8))
        }
    }
}
