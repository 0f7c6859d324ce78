import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `City-block distances` {
    @Test(arguments: UInt64(0)..<12)
    func `are the least sums of steps to a true voxel`(seed: UInt64) {
        let shapes = [
            Shape(depth: 7, height: 9, width: 11), Shape(depth: 1, height: 13, width: 40),
            Shape(depth: 20, height: 1, width: 6), Shape(depth: 9, height: 12, width: 1),
        ]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: [0.004, 0.02, 0.3][Int(seed) % 3], seed: seed)
        let found = cityBlockDistances(to: mask)
        var places: [(z: Int, y: Int, x: Int)] = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where mask[z, y, x] { places.append((z, y, x)) }
            }
        }
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let least = places.map { abs($0.z - z) + abs($0.y - y) + abs($0.x - x) }.min()
                    #expect(found[z, y, x] == UInt8(least ?? 255))
                }
            }
        }
    }

    @Test func `stop at 255 steps`() {
        for shape in [
            Shape(depth: 400, height: 1, width: 1), Shape(depth: 1, height: 400, width: 1),
            Shape(depth: 1, height: 1, width: 400),
        ] {
            var mask = Mask(shape: shape, repeating: false)
            #expect(cityBlockDistances(to: mask).array.allSatisfy { $0 == 255 })
            mask.withMutableVoxels { $0[50] = true }
            let expected = (0..<400).map { UInt8(min(abs($0 - 50), 255)) }
            #expect(cityBlockDistances(to: mask).array == expected)
        }
    }
}
