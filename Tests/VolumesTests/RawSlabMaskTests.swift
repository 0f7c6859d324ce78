import Testing
import Volumes

@Suite struct `Mask of a slab` {
    private let shape = Shape(depth: 2, height: 3, width: 2)

    private func slab<Element: VoxelElement>(_ voxels: [Element]) -> RawSlab {
        RawSlab(Volume(shape: shape, voxels: voxels))
    }

    @Test func `is true where voxels have the value`() {
        let slab = slab([7, 0, 255, 7, 7, 3, 0, 0, 7, 255, 1, 2] as [UInt8])
        #expect(
            slab.mask(where: 7).array == [
                true, false, false, true, true, false, false, false, true, false, false, false,
            ])
    }

    @Test(arguments: [7.5, -1, 256, Double.nan, .infinity])
    func `is false everywhere for a value the format does not hold`(value: Double) {
        let slab = slab([7, 0, 255, 7, 7, 3, 0, 0, 7, 255, 1, 2] as [UInt8])
        #expect(!slab.mask(where: value).array.contains(true))
    }

    @Test func `takes numbers of every kind`() {
        let slab = slab([0.5, 0, -2, 0.5, 1, 1, 0, 0, 0.5, 3, 4, 5] as [Double])
        #expect(slab.mask(where: 0.5).array.count(where: \.self) == 3)
        #expect(slab.mask(where: -2).array.firstIndex(of: true) == 2)
    }

    @Test func `of ones needs nothing but zeros and ones`() throws {
        let binary = slab([0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1] as [Float])
        let mask = try #require(binary.maskOfOnes())
        #expect(mask.array.map { $0 ? 1 : 0 } == [0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, 1])
        #expect(slab([0, 1, 1, 0, 0, 0, 1, 0, 0, 0, 0, .nan] as [Float]).maskOfOnes() == nil)
        #expect(slab([0, 1, 2, 0, 0, 0, 1, 0, 0, 0, 0, 1] as [Float]).maskOfOnes() == nil)
    }

    @Test func `with a voxel that is no number says where it lies in the scan`() throws {
        var voxels = [Float](repeating: 1, count: 12)
        #expect(slab(voxels).firstNaN() == nil)
        voxels[11] = .nan
        voxels[7] = .infinity
        let found = try #require(slab(voxels).firstNaN(firstSlice: 4))
        #expect(found == (5, 2, 1))
        let view = FieldOfView.box(
            Region(z: 4, y: 0, x: 0, shape: Shape(depth: 2, height: 2, width: 2)))
        #expect(slab(voxels).firstNaN(within: view, firstSlice: 4) == nil)
        #expect(slab([UInt8](repeating: 255, count: 12)).firstNaN() == nil)
    }
}
