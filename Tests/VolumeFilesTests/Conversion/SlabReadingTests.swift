import Foundation
import Testing
import VolumeFiles
import Volumes

@Suite struct `Reading slab by slab` {
    private let shape = Shape(depth: 7, height: 2, width: 3)

    @Test(arguments: [1, 3, 7, 20])
    func `gives every slice once and in order`(depth: Int) throws {
        let slabs = NumberedSlices(shape).slabs(depth: depth)
        var seen: [UInt8] = []
        var expected = 0
        while let (slab, slices, kept) = try slabs.next() {
            #expect(slices.lowerBound == expected && slices.count <= depth)
            #expect(kept == 0..<slices.count)
            expected = slices.upperBound
            seen += slab.volume(as: UInt8.self).array
        }
        #expect(seen == (0..<7).flatMap { z in Array(repeating: UInt8(z), count: 6) })
        #expect(try slabs.next() == nil)
    }

    @Test func `gives the slices asked for only`() throws {
        let slabs = NumberedSlices(shape).slabs(of: 2..<5, depth: 2)
        var ranges: [Range<Int>] = []
        while let (_, slices, _) = try slabs.next() { ranges.append(slices) }
        #expect(ranges == [2..<4, 4..<5])
    }

    @Test(arguments: [1, 2, 9])
    func `brings slices of the neighbours where they are asked for`(halo: Int) throws {
        let slabs = NumberedSlices(shape).slabs(depth: 3, halo: halo)
        var kept: [UInt8] = []
        while let (slab, slices, own) = try slabs.next() {
            let first = max(slices.lowerBound - halo, 0)
            let all = first..<min(slices.upperBound + halo, shape.depth)
            #expect(slab.shape.depth == all.count)
            #expect(own.lowerBound == slices.lowerBound - first && own.count == slices.count)
            kept += own.map { slab.volume(as: UInt8.self)[$0, 0, 0] }
        }
        #expect(kept == Array(0..<7))
    }

    @Test func `tells of a slice that cannot be read when its turn has come`() throws {
        let slabs = NumberedSlices(shape, broken: 4).slabs(depth: 2)
        #expect(try slabs.next()?.slices == 0..<2)
        #expect(try slabs.next()?.slices == 2..<4)
        #expect(throws: VolumeFileError.self) { try slabs.next() }
    }

    @Test func `leaves the reader idle when it is given up`() throws {
        let reader = NumberedSlices(shape)
        _ = try reader.slabs(depth: 2).next()
        // Nobody reads any more, so the reader is free for anyone.
        #expect(!reader.isReading)
    }
}

/// A scan whose voxels are the number of their slice.
private final class NumberedSlices: ScanReader {
    let description: ScanDescription
    private let broken: Int?
    private(set) var isReading = false

    init(_ shape: Shape, broken: Int? = nil) {
        description = ScanDescription(
            format: .raw, files: [], shape: shape, elementType: .uint8, voxelSize: nil)
        self.broken = broken
    }

    func read(_ slices: Range<Int>) throws(VolumeFileError) -> RawSlab {
        isReading = true
        defer { isReading = false }
        // Long enough to be met at it.
        Thread.sleep(forTimeInterval: 0.02)
        if let broken, slices.contains(broken) {
            throw .malformed("numbers.raw", problem: "slice \(broken) is missing")
        }
        let shape = description.shape
        return RawSlab(
            Volume(
                shape: shape.withDepth(slices.count),
                voxels: slices.flatMap { Array(repeating: UInt8($0), count: shape.sliceCount) }))
    }
}
