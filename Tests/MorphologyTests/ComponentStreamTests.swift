import Morphology
import TestSupport
import Testing
import Volumes

@Suite struct `A stream of components` {
    private let shape = Shape(depth: 21, height: 13, width: 17)

    @Test(arguments: UInt64(0)..<12, Connectivity.allCases)
    func `ends with those of the whole mask, for slabs of any height`(
        seed: UInt64, connectivity: Connectivity
    ) {
        let mask = randomMask(shape, porosity: [0.08, 0.25, 0.4][Int(seed) % 3], seed: seed)
        let views: [FieldOfView] = [
            .all, .cylinder(centreY: 6.5, centreX: 8, radius: 5.5),
            .box(Region(z: 3, y: 2, x: 4, shape: Shape(depth: 14, height: 9, width: 11))),
        ]
        let view = views[Int(seed / 3) % 3]
        let whole = ConnectedComponents(of: mask, connectivity: connectivity, within: view)
        for height in [1, 2, 5, 16, 20, 21] {
            var stream = ComponentStream(shape: shape, connectivity: connectivity, within: view)
            forEachSlab(of: mask, height: height) { stream.add($0) }
            #expect(stream.finish() == whole.components)
        }
    }

    @Test(arguments: [1, 4, 7])
    func `hands out every part once, as soon as it is finished`(height: Int) {
        let mask = randomMask(shape, porosity: 0.2, seed: 3)
        let whole = ConnectedComponents(of: mask).components
        var stream = ComponentStream(shape: shape)
        var taken: [ConnectedComponents.Component] = []
        forEachSlab(of: mask, height: height) { slab in
            stream.add(slab)
            let done = stream.slicesAdded
            let finished = stream.takeFinished()
            taken += finished
            // Exactly the parts that end before the last slice so far, or the volume's last.
            let expected = whole.count {
                $0.bounds.slices.upperBound < done || done == shape.depth
            }
            #expect(taken.count == expected)
        }
        #expect(Set(taken) == Set(whole))
        #expect(stream.finish().isEmpty)
    }

    @Test func `joins parts that meet only in a later slab`() {
        // Two pillars on a floor, the second one bent: one part, whose first voxel is the left's.
        var mask = Mask(shape: Shape(depth: 5, height: 3, width: 7), repeating: false)
        for z in 0..<4 {
            mask[z, 1, 1] = true
            mask[z, 1, 5] = true
        }
        for x in 1...5 { mask[4, 1, x] = true }
        var stream = ComponentStream(shape: mask.shape)
        forEachSlab(of: mask, height: 2) { stream.add($0) }
        let parts = stream.finish()
        #expect(parts.count == 1)
        #expect(parts[0].voxelCount == 13)
        #expect(parts[0].faces == [.zLow, .zHigh])
        #expect(parts[0].bounds == Region(z: 0..<5, y: 1..<2, x: 1..<6))
    }

    @Test func `of an empty mask are none, and of a full one is one`() {
        for (value, count) in [(false, 0), (true, 1)] {
            let mask = Mask(shape: shape, repeating: value)
            var stream = ComponentStream(shape: shape)
            forEachSlab(of: mask, height: 6) { stream.add($0) }
            let parts = stream.finish()
            #expect(parts.count == count)
            #expect(parts.first?.voxelCount == (value ? shape.count : nil))
        }
    }

    private func forEachSlab(of mask: Mask, height: Int, _ body: (Mask) -> Void) {
        for z in stride(from: 0, to: mask.shape.depth, by: height) {
            let slices = mask.shape.withDepth(min(height, mask.shape.depth - z))
            body(mask.cropped(to: Region(z: z, y: 0, x: 0, shape: slices)))
        }
    }
}
