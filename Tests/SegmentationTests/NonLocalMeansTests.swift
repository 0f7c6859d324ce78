import Foundation
import Randomness
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Non-local means` {
    @Test(arguments: UInt64(0)..<12)
    func `is its definition, at faces too`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(
            depth: .random(in: 1...9, using: &generator),
            height: .random(in: 1...18, using: &generator),
            width: .random(in: 1...20, using: &generator))
        let volume = Volume(
            shape: shape,
            voxels: (0..<shape.count).map { _ in Float.random(in: 0...200, using: &generator) })
        let means = NonLocalMeans(
            patchRadius: .random(in: 0...3, using: &generator),
            searchRadius: .random(in: 1...2, using: &generator),
            strength: .random(in: 0.3...3, using: &generator))
        let filtered = means.filter(volume, keeping: 0..<shape.depth, sigma: 40)
        let worst = zip(filtered.array, byDefinition(volume, means, sigma: 40)).map {
            abs(Double($0) - $1)
        }
        .max()
        // Single precision, of values up to 200.
        #expect(worst ?? 1 < 0.001)
    }

    @Test func `is that of numpy`() {
        // The definition in float64, written with shifted arrays; sums of voxels times their places,
        // and the first, middle and last voxel.
        let volume = greyField(Shape(depth: 6, height: 9, width: 13), bits: 8, as: UInt8.self)
            .map { Float($0) }
        for (patch, search, width, sigma, expected) in [
            (
                1, 2, 100.0, 40.0,
                [31_420_227.563052952, 110.43496875642056, 169.96323200246917, 120.32787686822493]
            ),
            (
                2, 1, 60, 60,
                [31_473_905.769200847, 69.12767315265273, 195.2390229684665, 94.89796039478982]
            ),
            (
                0, 3, 60, 20,
                [31_430_412.31363588, 38.607949975063754, 217.5868839795691, 69.38213974903384]
            ),
        ] as [(Int, Int, Double, Double, [Double])] {
            let means = NonLocalMeans(
                patchRadius: patch, searchRadius: search, strength: width / sigma)
            expect(means.filter(volume, keeping: 0..<6, sigma: sigma), expected)
        }
        let image = greyField(Shape(depth: 1, height: 11, width: 17), bits: 8, as: UInt8.self)
            .map { Float($0) }
        expect(
            NonLocalMeans(searchRadius: 2, strength: 2.5).filter(image, keeping: 0..<1, sigma: 40),
            [2_254_103.572229095, 70.27525374795582, 117.35279095114116, 173.02739514413335])
    }

    @Test func `goes across tiles`() {
        // A row of one tile and a bit, rows of two tiles, slices of two bands.
        let shape = Shape(depth: 9, height: 18, width: 131)
        let volume = greyField(shape, bits: 8, as: UInt8.self).map { Float($0) }
        let means = NonLocalMeans(patchRadius: 1, searchRadius: 1, strength: 2)
        let filtered = means.filter(volume, keeping: 0..<9, sigma: 40)
        let expected = byDefinition(volume, means, sigma: 40)
        let worst = zip(filtered.array, expected).map { abs(Double($0) - $1) }.max()
        #expect(worst ?? 1 < 0.001)
    }

    private func expect(_ volume: Volume<Float>, _ expected: [Double]) {
        let voxels = volume.array.map { Double($0) }
        let sum = voxels.enumerated().reduce(0) { $0 + $1.element * Double($1.offset + 1) }
        #expect(abs(sum / expected[0] - 1) < 1e-6)
        let found = [voxels[0], voxels[voxels.count / 2], voxels[voxels.count - 1]]
        for (found, expected) in zip(found, expected.dropFirst()) {
            #expect(abs(found - expected) < 0.001)
        }
    }

    private func byDefinition(
        _ volume: Volume<Float>, _ means: NonLocalMeans, sigma: Double
    ) -> [Double] {
        let shape = volume.shape
        func mirrored(_ place: Int, _ extent: Int) -> Int {
            if place < 0 { return mirrored(-1 - place, extent) }
            if place >= extent { return mirrored(2 * extent - 1 - place, extent) }
            return place
        }
        func value(_ z: Int, _ y: Int, _ x: Int) -> Double {
            Double(
                volume[
                    mirrored(z, shape.depth), mirrored(y, shape.height), mirrored(x, shape.width)])
        }
        let (patch, search) = (means.patchRadius, means.searchRadius)
        let width = means.strength * sigma
        var filtered: [Double] = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    var (weights, values) = (0.0, 0.0)
                    for c in max(z - search, 0)...min(z + search, shape.depth - 1) {
                        for b in max(y - search, 0)...min(y + search, shape.height - 1) {
                            for a in max(x - search, 0)...min(x + search, shape.width - 1) {
                                var (squares, count) = (0.0, 0.0)
                                for r in -patch...patch {
                                    for q in -patch...patch {
                                        for p in -patch...patch {
                                            let difference =
                                                value(z + r, y + q, x + p)
                                                - value(c + r, b + q, a + p)
                                            squares += difference * difference
                                            count += 1
                                        }
                                    }
                                }
                                let distance = max(squares / count - 2 * sigma * sigma, 0)
                                let weight = exp(-distance / (width * width))
                                weights += weight
                                values += weight * value(c, b, a)
                            }
                        }
                    }
                    filtered.append(values / weights)
                }
            }
        }
        return filtered
    }
}
