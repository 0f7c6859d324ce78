import Dataset
import Testing
import Volumes

@testable import PatchFeed

@Suite struct `Boxes of a pair` {
    private let fixture: Fixture

    init() throws { fixture = try Fixture() }

    @Test func `lie in good patches alone, one around each anchor, evenly taken`() throws {
        let shape = Shape(depth: 8, height: 48, width: 32)
        let grid = PatchGrid(size: Shape(edge: 8), stride: Shape(edge: 8))
        let patches = grid.regions(in: shape).map { region in
            PatchRecord(region: region, porosity: 0.2, flags: region.y == 40 ? [.mismatched] : [])
        }
        let pair = try fixture.pair("p1", shape: shape, patches: patches)
        let plan = try SamplePlan(
            [pair], part: .train, geometry: PatchGeometry(scale: 4, highEdge: 32))
        let wanted = Shape(depth: 4, height: 16, width: 16)
        let all = plan.boxes(of: wanted, in: pair, atMost: 1000)
        #expect(all.count > 4 && Set(all).count == all.count)
        for box in all { #expect(box.shape == wanted && box.rows.upperBound <= 40) }
        let some = plan.boxes(of: wanted, in: pair, atMost: 3)
        #expect(some.count == 3 && Set(some).isSubset(of: all) && some[0] == all[0])
        #expect(plan.boxes(of: Shape(depth: 4, height: 41, width: 16), in: pair, atMost: 9).isEmpty)
        #expect(plan.boxes(of: Shape(depth: 9, height: 16, width: 16), in: pair, atMost: 9).isEmpty)
        let other = try fixture.pair("p2", shape: shape)
        #expect(plan.boxes(of: wanted, in: other, atMost: 9).isEmpty)
    }

    @Test func `hold stored grey values of both sides, averaged where a coarser scale is wanted`()
        throws
    {
        let pair = try fixture.pair("p1", shape: Shape(depth: 9, height: 12, width: 16))
        let staged = try fixture.stage([pair])
        let box = Region(z: 2, y: 3, x: 5, shape: Shape(depth: 3, height: 4, width: 6))
        let fine = try staged.voxels(of: pair, in: box, scale: 4)
        #expect(fine.low.shape == box.shape)
        #expect(fine.high.shape == Shape(depth: 12, height: 16, width: 24))
        #expect(fine.low[1, 2, 3] == Float(grey(3, 5, 8, high: false)))
        #expect(fine.high[7, 9, 11] == Float(grey(15, 21, 31, high: true)))
        let coarse = try staged.voxels(of: pair, in: box, scale: 2)
        #expect(coarse.high.shape == Shape(depth: 6, height: 8, width: 12))
        var sum: Float = 0
        for z in 0..<2 {
            for y in 0..<2 {
                for x in 0..<2 { sum += fine.high[2 + z, 4 + y, 6 + x] }
            }
        }
        #expect(abs(coarse.high[1, 2, 3] - sum / 8) < 0.01)
        let other = try fixture.pair("p2")
        #expect(
            feedError { _ = try staged.voxels(of: other, in: box, scale: 4) }
                == .notStaged(other.sample))
    }
}
