import Randomness
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Anisotropic diffusion` {
    @Test(arguments: [
        (
            AnisotropicDiffusion.Conductance.exponential,
            [30_372_672.263973877, 24.19788956990231, 102.38617115483854, 68.62251917899515]
        ),
        (
            .rational,
            [30_798_591.413820866, 61.89542759093274, 112.85811203032857, 103.8075214993334]
        ),
    ])
    func `is that of numpy`(conductance: AnisotropicDiffusion.Conductance, expected: [Double]) {
        // Seven explicit steps of 0.15 with k = 60 in float64, by numpy.diff along every axis; the sum
        // of voxels times their places, and voxels (0, 0, 0), (3, 4, 7) and (5, 8, 12).
        let volume = greyField(Shape(depth: 6, height: 9, width: 13), bits: 8, as: UInt8.self)
            .map { Float($0) }
        let diffused = AnisotropicDiffusion(
            iterations: 7, timeStep: 0.15, conductance: conductance, edge: 3
        ).filter(volume, sigma: 20)
        let found = [
            weightedSum(diffused), Double(diffused[0, 0, 0]), Double(diffused[3, 4, 7]),
            Double(diffused[5, 8, 12]),
        ]
        // Seven steps in single precision.
        for (found, expected) in zip(found, expected) { #expect(abs(found / expected - 1) < 1e-5) }
    }

    @Test func `of an image flows in its plane`() {
        // As above, five steps of 1/6; voxels (0, 5, 8) and (0, 10, 16).
        let image = greyField(Shape(depth: 1, height: 11, width: 17), bits: 8, as: UInt8.self)
            .map { Float($0) }
        let diffused = AnisotropicDiffusion(iterations: 5, timeStep: 1 / 6.0, edge: 3)
            .filter(image, sigma: 20)
        #expect(abs(weightedSum(diffused) / 2_251_410.0773326256 - 1) < 1e-5)
        #expect(abs(diffused[0, 5, 8] - 126.412_75) < 1e-3)
        #expect(abs(diffused[0, 10, 16] - 242.505_43) < 1e-3)
    }

    @Test(arguments: UInt64(0)..<8)
    func `keeps the mean and makes no new extremes`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(
            depth: .random(in: 1...6, using: &generator),
            height: .random(in: 1...9, using: &generator),
            width: .random(in: 1...20, using: &generator))
        let volume = Volume(
            shape: shape,
            voxels: (0..<shape.count).map { _ in Float.random(in: -1...1, using: &generator) })
        let diffused = AnisotropicDiffusion(
            iterations: 20, timeStep: 1 / 6.0,
            conductance: seed % 2 == 0 ? .exponential : .rational, edge: 1
        ).filter(volume, sigma: 0.5)
        let mean = volume.array.reduce(0) { $0 + Double($1) } / Double(shape.count)
        let after = diffused.array.reduce(0) { $0 + Double($1) } / Double(shape.count)
        #expect(abs(mean - after) < 1e-5)
        #expect((diffused.array.max() ?? 2) <= (volume.array.max() ?? 0) + 1e-6)
        #expect((diffused.array.min() ?? -2) >= (volume.array.min() ?? 0) - 1e-6)
    }

    @Test func `leaves a step that is far above the noise`() {
        let shape = Shape(depth: 4, height: 8, width: 12)
        let volume = Volume(
            shape: shape, voxels: (0..<shape.count).map { $0 % 12 < 5 ? Float(500) : 1500 })
        #expect(AnisotropicDiffusion(iterations: 50).filter(volume, sigma: 10) == volume)
    }

    private func weightedSum(_ volume: Volume<Float>) -> Double {
        volume.array.enumerated().reduce(0) { $0 + Double($1.element) * Double($1.offset + 1) }
    }
}
