import Randomness
import Testing
import Volumes

@testable import Segmentation

@Suite struct `Noise estimate` {
    @Test(
        arguments: [
            (Shape(depth: 40, height: 50, width: 60), 1),
            (Shape(depth: 41, height: 51, width: 61), 300),
            (Shape(depth: 1, height: 300, width: 301), 7),
        ] as [(Shape, Double)])
    func `finds white noise on a slope with an edge`(shape: Shape, sigma: Double) throws {
        var generator = SplitMix64(seed: 1)
        let noise = NormalDistribution(mean: 0, standardDeviation: sigma)
        let volume = Volume(
            shape: shape,
            voxels: (0..<shape.count).map { place in
                let (x, y) = (place % shape.width, place / shape.width % shape.height)
                let edge = x + y > 60 ? 100.0 : 0
                return Float(noise.draw(using: &generator) + sigma * (edge + Double(x) / 10))
            })
        let found = try #require(NoiseEstimate.standardDeviation(of: RawSlab(volume)))
        // 15,000 to 23,000 cells: the median scatters by 0.6 to 0.7 %, and the edge adds a little.
        #expect(abs(found / sigma - 1) < 0.03)
    }

    @Test(arguments: [1, 2, 3, 5, 8])
    func `is the same however the scan is cut into slabs`(depth: Int) throws {
        let shape = Shape(depth: 13, height: 12, width: 15)
        let scan = RawSlab(greyField(shape, bits: 10, as: UInt16.self))
        let view = FieldOfView.cylinder(centreY: 6, centreX: 7, radius: 5)
        let whole = try #require(NoiseEstimate.standardDeviation(of: scan, within: view))
        var streamed = NoiseEstimate(shape: shape, within: view)
        for first in stride(from: 0, to: shape.depth, by: depth) {
            streamed.add(scan.slices(first..<min(first + depth, shape.depth)))
        }
        #expect(streamed.standardDeviation == whole)
    }

    @Test func `is the median of the cells' chessboard sums`() throws {
        let shape = Shape(depth: 5, height: 7, width: 10)
        let volume = greyField(shape, bits: 8, as: UInt8.self).map { Float($0) }
        var sums: [Double] = []
        for z in [0, 2] {
            for y in [0, 2, 4] {
                for x in stride(from: 0, to: 10, by: 2) {
                    var sum: Float = 0
                    for (c, b, a) in [
                        (0, 0, 0), (0, 0, 1), (0, 1, 0), (0, 1, 1), (1, 0, 0), (1, 0, 1), (1, 1, 0),
                        (1, 1, 1),
                    ] {
                        sum += ((a + b + c) % 2 == 0 ? 1 : -1) * volume[z + c, y + b, x + a]
                    }
                    sums.append(Double(abs(sum)) / 8.0.squareRoot())
                }
            }
        }
        let expected = sums.sorted()[14] / 0.674_489_75
        let found = try #require(NoiseEstimate.standardDeviation(of: RawSlab(volume)))
        #expect(abs(found / expected - 1) < 0.001)
    }

    @Test func `of a constant is zero, and of less than a cell unknown`() {
        let constant = Volume(shape: Shape(depth: 4, height: 4, width: 4), repeating: UInt16(7))
        #expect(NoiseEstimate.standardDeviation(of: RawSlab(constant)) == 0)
        let line = Volume(shape: Shape(depth: 4, height: 1, width: 4), repeating: UInt16(7))
        #expect(NoiseEstimate.standardDeviation(of: RawSlab(line)) == nil)
        let holes = Volume(shape: Shape(depth: 2, height: 2, width: 2), repeating: Float.nan)
        #expect(NoiseEstimate.standardDeviation(of: RawSlab(holes)) == nil)
    }
}
