import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@Suite struct `A scan read by boxes` {
    private let folder: ScratchFolder
    init() throws { folder = try ScratchFolder() }

    private func slab(_ elementType: ElementType, _ shape: Shape, seed: UInt64) -> RawSlab {
        var generator = SplitMix64(seed: seed)
        let bytes = (0..<(shape.count * elementType.byteCount)).map { _ in
            // Small bytes, so that any of them make a finite number.
            UInt8.random(in: 0..<60, using: &generator)
        }
        return RawSlab(elementType: elementType, shape: shape, bytes: bytes)
    }

    private func write(_ slab: RawSlab) throws -> FilePath {
        let path = folder.appending("\(slab.elementType)-\(slab.shape).h5")
        let writer = try HDF5ScanWriter(
            creating: path, shape: slab.shape, elementType: slab.elementType,
            voxelSize: VoxelSize(micrometres: 3), description: "grey values")
        try writer.append(slab)
        try writer.finish()
        return path
    }

    private func boxes(in shape: Shape, count: Int, seed: UInt64) throws -> [Region] {
        var generator = SplitMix64(seed: seed)
        func part(_ extent: Int) -> Range<Int> {
            let a = Int.random(in: 0..<extent, using: &generator)
            return a..<Int.random(in: (a + 1)...extent, using: &generator)
        }
        return try (0..<count).map { _ in
            try #require(
                Region(z: part(shape.depth), y: part(shape.height), x: part(shape.width)))
        } + [Region(all: shape)]
    }

    @Test(arguments: ElementType.allCases)
    func `gives the voxels of the whole, in any number format`(elementType: ElementType) throws {
        let shape = Shape(depth: 66, height: 130, width: 67)
        let written = slab(elementType, shape, seed: 1)
        let whole = written.convert(to: Float.self)
        let scan = try StoredScan(
            trusted: write(written), dataset: "/exchange/data", keptBytes: 1 << 20)
        #expect(scan.shape == shape)
        #expect(scan.voxelSize == VoxelSize(micrometres: 3))
        #expect(scan.elementType == elementType)
        for box in try boxes(in: shape, count: 12, seed: 2) {
            #expect(try scan.floats(in: box).array == whole.cropped(to: box).array)
        }
        let box = Region(z: 59, y: 60, x: 60, shape: Shape(edge: 7))
        #expect(try scan.slab(in: box).convert(to: Float.self) == whole.cropped(to: box))
        let one = try scan.floats(in: Region(z: 65, y: 129, x: 66, shape: Shape(edge: 1)))
        #expect(one.array == [whole.array[shape.count - 1]])
        #expect(one.voxelSize == VoxelSize(micrometres: 3))
    }

    @Test(arguments: [0, 600_000, 1 << 28])
    func `gives them to several threads at once`(keptBytes: Int) throws {
        let shape = Shape(depth: 66, height: 130, width: 130)
        let written = slab(.uint16, shape, seed: 3)
        let whole = written.convert(to: Float.self)
        let path = try write(written)
        let stored = try StoredScan(
            trusted: path, dataset: "/exchange/data", keptBytes: keptBytes)
        let boxes = try boxes(in: shape, count: 40, seed: 4)
        let agree = concurrentMap(count: boxes.count) { index in
            (try? stored.floats(in: boxes[index]).array)
                == whole.cropped(to: boxes[index]).array
        }
        #expect(!agree.contains(false))
    }

    @Test func `reads images`() throws {
        let shape = Shape(depth: 1, height: 130, width: 140)
        let written = slab(.uint16, shape, seed: 5)
        let whole = written.convert(to: Float.self)
        let scan = try StoredScan(trusted: write(written), dataset: "/exchange/data")
        for box in try boxes(in: shape, count: 8, seed: 6) {
            #expect(try scan.floats(in: box).array == whole.cropped(to: box).array)
        }
    }

    @Test(arguments: [0, 1 << 28])
    func `reads other formats by slabs`(keptBytes: Int) throws {
        // Slices of half a megabyte: sixty-four of them in a slab.
        let shape = Shape(depth: 80, height: 512, width: 512)
        let written = slab(.uint16, shape.withDepth(2), seed: 7)
        let path = folder.appending("scan.npy")
        let writer = try createScan(
            at: path, shape: shape, elementType: .uint16, voxelSize: nil)
        for _ in 0..<40 { try writer.append(written) }
        try writer.finish()
        let pattern = written.convert(to: Float.self)
        let scan = try StoredScan(ScanLocation(path), keptBytes: keptBytes)
        let boxes = [
            Region(z: 60, y: 100, x: 17, shape: Shape(depth: 9, height: 30, width: 31)),
            Region(z: 0, y: 0, x: 0, shape: Shape(depth: 80, height: 2, width: 3)),
            Region(z: 79, y: 511, x: 511, shape: Shape(edge: 1)),
        ]
        let agree = concurrentMap(count: 12) { index in
            let box = boxes[index % 3]
            guard let read = try? scan.floats(in: box) else { return false }
            return box.slices.allSatisfy { z in
                read.cropped(
                    to: Region(z: z - box.z, y: 0, x: 0, shape: box.shape.withDepth(1))
                ).array
                    == pattern.cropped(
                        to: Region(z: z % 2, y: box.y, x: box.x, shape: box.shape.withDepth(1))
                    ).array
            }
        }
        #expect(!agree.contains(false))
    }

    @Test func `says which chunk is broken`() throws {
        let shape = Shape(depth: 64, height: 64, width: 192)
        let path = try write(slab(.uint16, shape, seed: 8))
        // Somewhere in the middle of the compressed chunks.
        let handle = try FileHandle(forUpdating: URL(filePath: path.string))
        let length = try handle.seekToEnd()
        try handle.seek(toOffset: length / 2)
        try handle.write(contentsOf: Data(repeating: 0x5A, count: 4000))
        try handle.close()
        let scan = try StoredScan(trusted: path, dataset: "/exchange/data")
        let first = Region(z: 0, y: 0, x: 0, shape: Shape(edge: 64))
        #expect(try scan.floats(in: first).shape == first.shape)
        #expect(throws: VolumeFileError.self) { try scan.floats(in: Region(all: shape)) }
    }

    @Test func `is missing where there is nothing`() {
        let path = folder.appending("nothing.npy")
        #expect(throws: VolumeFileError.missing(path)) { try StoredScan(ScanLocation(path)) }
    }
}
