import Testing

@testable import Report

@Suite struct `Display size` {
    @Test(arguments: [
        // (height, width) of the slice, then of the picture.
        (100, 100, 600, 600), (135, 351, 270, 702), (450, 300, 900, 600), (500, 500, 500, 500),
        (900, 900, 900, 900), (1800, 900, 900, 450), (1024, 996, 900, 875), (1, 5000, 1, 900),
    ])
    func `enlarges by whole factors and shrinks to 900 pixels`(
        height: Int, width: Int, pictureHeight: Int, pictureWidth: Int
    ) {
        let size = DisplaySize(height: height, width: width)
        #expect(size.height == pictureHeight)
        #expect(size.width == pictureWidth)
    }

    @Test func `averages by area with the parts of voxels`() {
        // Three voxels onto two pixels: each takes one voxel and half of the middle one.
        let size = DisplaySize(height: 1, width: 3, limit: 2)
        let plane = Plane(height: 1, width: 3, values: [Float(3), 6, 12])
        #expect(size.averaging(plane).values == [4, 10])
    }

    @Test(arguments: UInt64(0)..<20)
    func `keeps the mean of a slice it shrinks`(seed: UInt64) {
        // A whole row of pixels divides a slice of equal shape evenly only where all weigh the
        // same.
        let edge = 31 + Int(seed)
        let values = (0..<(edge * edge)).map { Float(($0 * 7919 + Int(seed)) % 256) }
        let plane = Plane(height: edge, width: edge, values: values)
        let small = DisplaySize(height: edge, width: edge, limit: 17).averaging(plane).values
        let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
        let smallMean = small.reduce(0.0) { $0 + Double($1) } / Double(small.count)
        // Pixels are rounded to single precision: 256 * 2^-24 at most.
        #expect(abs(mean - smallMean) < 1e-4)
    }

    @Test func `averages what there is where some voxels have no value`() {
        let size = DisplaySize(height: 1, width: 4, limit: 2)
        let plane = Plane(height: 1, width: 4, values: [Float.nan, 8, .nan, .nan])
        let shrunk = size.averaging(plane).values
        #expect(shrunk[0] == 8)
        #expect(shrunk[1].isNaN)
    }

    @Test func `samples the voxel under a pixel's centre`() {
        let size = DisplaySize(height: 1, width: 9, limit: 3)
        let plane = Plane(height: 1, width: 9, values: (0..<9).map { Int32($0) })
        #expect(size.sampling(plane).values == [1, 4, 7])
    }

    @Test func `shows each voxel as a square`() {
        let size = DisplaySize(height: 1, width: 2, limit: 4)
        let plane = Plane(height: 1, width: 2, values: [Float(1), 2])
        #expect(size.averaging(plane).values == [1, 1, 2, 2, 1, 1, 2, 2])
    }
}
