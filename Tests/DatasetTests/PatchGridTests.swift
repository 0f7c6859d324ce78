import Dataset
import Testing
import Volumes

@Suite struct `Patch grid` {
    @Test func `covers a volume in order of z, y, x`() {
        let regions = PatchGrid(size: Shape(edge: 2), stride: Shape(edge: 2)).regions(
            in: Shape(depth: 4, height: 5, width: 2))
        #expect(
            regions.map { [$0.z, $0.y, $0.x] } == [[0, 0, 0], [0, 2, 0], [2, 0, 0], [2, 2, 0]])
    }

    @Test func `overlaps where the stride is smaller than the patch`() {
        let regions = PatchGrid(size: Shape(edge: 3), stride: Shape(edge: 1)).regions(
            in: Shape(edge: 5))
        #expect(regions.count == 27)
        #expect(regions.allSatisfy { $0.fits(in: Shape(edge: 5)) })
    }

    @Test func `of an image is one voxel deep`() {
        let regions = PatchGrid(size: Shape(edge: 4), stride: Shape(edge: 4)).regions(
            in: Shape(depth: 1, height: 8, width: 8))
        #expect(regions.count == 4)
        #expect(regions.allSatisfy { $0.shape == Shape(depth: 1, height: 4, width: 4) })
    }

    @Test func `of a volume smaller than a patch is empty`() {
        #expect(
            PatchGrid(size: Shape(edge: 8), stride: Shape(edge: 8)).regions(in: Shape(edge: 7))
                .isEmpty)
    }
}
