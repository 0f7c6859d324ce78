import Foundation
import Morphology
@testable import Segmentation
import TestSupport
import Testing
import Volumes

@Suite struct `Clean-up of a mask` {
    @Test func `fills small holes and drops small islands, and says how many`() throws {
        var mask = Mask(shape: Shape(edge: 12), repeating: false)
        for z in 1..<11 {
            for y in 1..<11 { for x in 1..<6 { mask[z, y, x] = true } }
        }
        // Two voxels of solid that share a corner are one hole.
        mask[4, 4, 3] = false
        mask[5, 5, 4] = false
        // Two voxels of pore that share an edge are two islands.
        mask[3, 3, 8] = true
        mask[3, 4, 9] = true
        let before = mask
        let removed = try CleanUp(holesBelowVoxels: 3, islandsBelowVoxels: 2)(&mask)
        #expect(removed.holes == 1 && removed.holeVoxels == 2)
        #expect(removed.islands == 2 && removed.islandVoxels == 2)
        #expect(mask[4, 4, 3] && mask[5, 5, 4] && !mask[3, 3, 8] && !mask[3, 4, 9])
        #expect(mask.array.count { $0 } == before.array.count { $0 })
        // A volume is a strict limit.
        var kept = before
        let none = try CleanUp(holesBelowVoxels: 2, islandsBelowVoxels: 1)(&kept)
        #expect(none == CleanUp.Removed() && kept == before)
    }

    @Test func `keeps what the boundary cuts, unless told otherwise`() throws {
        let shape = Shape(depth: 9, height: 9, width: 9)
        var mask = Mask(shape: shape, repeating: true)
        mask[0, 4, 4] = false
        mask[4, 4, 4] = false
        var other = mask
        #expect(try CleanUp(holesBelowVoxels: 5)(&mask).holes == 1)
        #expect(!mask[0, 4, 4] && mask[4, 4, 4])
        #expect(try CleanUp(holesBelowVoxels: 5, sparesBoundary: false)(&other).holes == 2)
        #expect(!other.array.contains(false))
        // In a view that ends beside it, the voxel in the middle lies at the boundary.
        var viewed = Mask(shape: shape, repeating: true)
        viewed[4, 4, 4] = false
        let view = FieldOfView.box(Region(z: 4, y: 1, x: 1, shape: Shape(edge: 5)))
        #expect(try CleanUp(holesBelowVoxels: 5)(&viewed, within: view).holes == 0)
    }

    @Test func `tells islands after holes are filled`() throws {
        // A shell of solid around a speck of pore, in pore.
        var mask = Mask(shape: Shape(edge: 9), repeating: true)
        for z in 3...5 {
            for y in 3...5 { for x in 3...5 { mask[z, y, x] = z == 4 && y == 4 && x == 4 } }
        }
        let removed = try CleanUp(holesBelowVoxels: 30, islandsBelowVoxels: 30)(&mask)
        #expect(removed.holes == 1 && removed.holeVoxels == 26 && removed.islands == 0)
        #expect(!mask.array.contains(false))
    }

    @Test(arguments: [
        (Shape(depth: 15, height: 21, width: 27), UInt32(246), 5, 20, 8438, UInt64(35_856_852)),
        (Shape(depth: 15, height: 21, width: 27), 100, 5, 20, 2751, 11_688_513),
        (Shape(depth: 1, height: 120, width: 150), 130, 12, 9, 7002, 62_743_262),
        (Shape(depth: 1, height: 120, width: 150), 100, 12, 9, 2925, 26_492_786),
    ])
    func `is that of scikit-image where it does not spare the boundary`(
        shape: Shape, level: UInt32, holes: Int, islands: Int, count: Int, weightedSum: UInt64
    ) throws {
        // skimage.morphology.remove_small_holes(mask, max_size=holes - 1, connectivity=3, 2 for the
        // image), then remove_small_objects(mask, max_size=islands - 1, connectivity=1), in 0.26.
        var mask = scatter(shape).map { $0 & 0xff < level }
        _ = try CleanUp(
            holesBelowVoxels: holes, islandsBelowVoxels: islands, sparesBoundary: false)(&mask)
        #expect(mask.array.count { $0 } == count)
        #expect(mask.map { $0 ? UInt8(1) : 0 }.weightedSum == weightedSum)
    }

    @Test(arguments: UInt64(0)..<12)
    func `leaves no small part inside, and nothing else changes`(seed: UInt64) throws {
        let shape =
            seed % 3 == 0
            ? Shape(depth: 1, height: 40, width: 44) : Shape(depth: 14, height: 16, width: 18)
        let view =
            seed % 2 == 0
            ? FieldOfView.all : FieldOfView.cylinder(centreY: 8, centreX: 9, radius: 7.3)
        let before = randomMask(shape, porosity: 0.3, seed: seed)
        var mask = before
        let cleaning = CleanUp(holesBelowVoxels: 6, islandsBelowVoxels: 9)
        let removed = try cleaning(&mask, within: view)
        let parts = ConnectedComponents(of: mask, within: view).components
        #expect(parts.allSatisfy { $0.voxelCount >= 9 || $0.touchesBoundary })
        let filled = zip(before.array, mask.array).count { !$0 && $1 }
        let dropped = zip(before.array, mask.array).count { $0 && !$1 }
        #expect(removed.islandVoxels > 0)
        // A filled hole can lie in an island that is dropped.
        #expect(removed.holeVoxels - filled == removed.islandVoxels - dropped)
        #expect(filled <= removed.holeVoxels)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let columns = view.columns(z: z, y: y, in: shape)
                for x in 0..<shape.width where !columns.contains(x) {
                    #expect(mask[z, y, x] == before[z, y, x])
                }
            }
        }
    }

    @Test func `within a segmentation is reported`() throws {
        var scan = ballScan(seed: 5, noise: 1000)
        for (z, y, x) in [(2, 2, 2), (12, 3, 24)] { scan[z, y, x] = 9000 }
        scan[8, 8, 8] = 30_000
        let plain = SegmentationSettings(denoising: .none)
        let cleaned = SegmentationSettings(
            denoising: .none, cleanUp: CleanUp(holesBelowVoxels: 4, islandsBelowVoxels: 4))
        let before = try segment(RawSlab(scan), settings: plain)
        let after = try segment(RawSlab(scan), settings: cleaned)
        #expect(before.removed == nil)
        let removed = try #require(after.removed)
        #expect(removed.holes == 1 && removed.islands == 2)
        #expect(after.mask == ballMask())
        #expect(after.poreVoxelCount == before.poreVoxelCount + 1 - 2)
    }

    @Test func `refuses a negative volume and a view that misses the mask`() {
        var mask = Mask(shape: Shape(edge: 4), repeating: true)
        #expect(throws: SegmentationError.cleanUpOutOfRange(-2)) {
            try CleanUp(holesBelowVoxels: -2)(&mask)
        }
        let view = FieldOfView.cylinder(centreY: 90, centreX: 90, radius: 3)
        #expect(throws: SegmentationError.fieldOfViewOutside(view, mask.shape)) {
            try CleanUp(holesBelowVoxels: 2)(&mask, within: view)
        }
    }

    @Test func `is off in settings written before there was one`() throws {
        let old = #"""
            {"denoising":"median3","threshold":"otsu","pore_phase":"darker","prominence_in_voxels":1}
            """#
        let settings = try JSONDecoder().decode(SegmentationSettings.self, from: Data(old.utf8))
        #expect(settings == SegmentationSettings())
        let text = String(decoding: try JSONEncoder().encode(settings), as: UTF8.self)
        #expect(!text.contains("clean_up"))
        let partly = try JSONDecoder().decode(
            CleanUp.self, from: Data(#"{"islands_below_voxels":7}"#.utf8))
        #expect(partly == CleanUp(islandsBelowVoxels: 7))
    }
}
