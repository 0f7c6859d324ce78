import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `Squared distance transform` {
    @Test(arguments: UInt64(0)..<30)
    func `is the least squared distance to a false voxel`(seed: UInt64) {
        let shapes = [
            Shape(depth: 5, height: 6, width: 7), Shape(depth: 1, height: 9, width: 8),
            Shape(depth: 9, height: 1, width: 1), Shape(depth: 2, height: 1, width: 12),
        ]
        let shape = shapes[Int(seed) % shapes.count]
        let mask = randomMask(shape, porosity: [0.5, 0.9, 0.97][Int(seed) % 3], seed: seed)
        let distances = squaredDistanceTransform(of: mask)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    #expect(distances[z, y, x] == nearestFalse(z, y, x, in: mask))
                }
            }
        }
    }

    @Test func `of five balls is that of scipy`() {
        // round(scipy.ndimage.distance_transform_edt(mask) ** 2), scipy 1.x, weighted sum.
        let distances = squaredDistanceTransform(of: ballMask())
        #expect(distances.weightedSum == 106_595_760)
        #expect(distances.array.max() == 40)
    }

    @Test func `without a false voxel is unbounded`() {
        let mask = Mask(shape: Shape(edge: 3), repeating: true)
        #expect(squaredDistanceTransform(of: mask).array.allSatisfy { $0 == .max })
    }

    @Test func `reaches across a long empty volume`() {
        var mask = Mask(shape: Shape(depth: 40, height: 3, width: 50), repeating: true)
        mask[0, 0, 0] = false
        #expect(squaredDistanceTransform(of: mask)[39, 2, 49] == 39 * 39 + 4 + 49 * 49)
    }

    private func nearestFalse(_ z: Int, _ y: Int, _ x: Int, in mask: Mask) -> UInt32 {
        var nearest = UInt32.max
        for c in 0..<mask.shape.depth {
            for b in 0..<mask.shape.height {
                for a in 0..<mask.shape.width where !mask[c, b, a] {
                    let squared = (c - z) * (c - z) + (b - y) * (b - y) + (a - x) * (a - x)
                    nearest = min(nearest, UInt32(squared))
                }
            }
        }
        return nearest
    }
}
