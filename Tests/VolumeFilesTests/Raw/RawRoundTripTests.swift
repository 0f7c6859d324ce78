import Randomness
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Raw formats` {
    static let extensions = ["mhd", "mha", "nrrd", "npy"]

    @Test(arguments: extensions, ElementType.allCases)
    func `give back what was written`(suffix: String, type: ElementType) throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("scan.\(suffix)")
        let shape = Shape(depth: 5, height: 3, width: 4)
        let size = try #require(
            VoxelSize(depthInMicrometres: 3, heightInMicrometres: 2.5, widthInMicrometres: 2.25))
        let scan = RawFixtures.numbered(shape, type)
        if type == .float16, suffix != "npy" {
            #expect(throws: VolumeFileError.self) {
                try createScan(at: path, shape: shape, elementType: type, voxelSize: size)
            }
            return
        }
        let writer = try createScan(
            at: path, shape: shape, elementType: type, voxelSize: size)
        let sliceBytes = shape.sliceCount * type.byteCount
        for slices in [0..<2, 2..<5] {
            try writer.append(
                RawSlab(
                    elementType: type, shape: shape.withDepth(slices.count),
                    bytes: Array(
                        scan.bytes[
                            (slices.lowerBound * sliceBytes)..<(slices.upperBound * sliceBytes)])))
        }
        try writer.finish()

        let reader = try openScan(ScanLocation(path))
        #expect(reader.description.shape == shape)
        #expect(reader.description.elementType == type)
        #expect(reader.description.voxelSize?.size == (suffix == "npy" ? nil : size))
        #expect(try reader.readAll() == scan)
        #expect(
            try reader.read(1..<3).bytes
                == Array(scan.bytes[sliceBytes..<(3 * sliceBytes)]))
    }

    @Test(arguments: [2.25, 0.7, 5.345, 1.0 / 3, 12.3456789])
    func `write voxel sizes that come back exactly`(edge: Double) throws {
        let scratch = try ScratchFolder()
        for suffix in ["mhd", "nrrd"] {
            let path = scratch.appending("scan.\(suffix)")
            let shape = Shape(depth: 1, height: 1, width: 1)
            let writer = try createScan(
                at: path, shape: shape, elementType: .uint8,
                voxelSize: VoxelSize(micrometres: edge))
            try writer.append(RawFixtures.numbered(shape, .uint8))
            try writer.finish()
            let found = try #require(
                try openScan(ScanLocation(path)).description.voxelSize?.size)
            // Fifteen digits survive the text.
            #expect(abs(found.widthInMicrometres - edge) <= 1e-14 * edge)
        }
    }

    @Test func `refuse to write over a file`() throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("scan.nrrd")
        try RawFixtures.write("mine", to: path)
        #expect(throws: VolumeFileError.self) {
            try createScan(
                at: path, shape: Shape(edge: 1), elementType: .uint8, voxelSize: nil)
        }
        #expect(try RawFixtures.bytes(of: path) == Array("mine".utf8))
    }

    @Test(arguments: ["mha", "nrrd", "npy"], UInt64(0)..<25)
    func `cut anywhere are refused`(suffix: String, seed: UInt64) throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("scan.\(suffix)")
        let shape = Shape(depth: 4, height: 5, width: 6)
        let writer = try createScan(
            at: path, shape: shape, elementType: .uint16, voxelSize: VoxelSize(micrometres: 2))
        try writer.append(RawFixtures.numbered(shape, .uint16))
        try writer.finish()
        let bytes = try RawFixtures.bytes(of: path)
        var generator = SplitMix64(seed: seed)
        let cut = scratch.appending("cut.\(suffix)")
        let end = Int.random(in: 0..<bytes.count, using: &generator)
        try RawFixtures.write(Array(bytes[..<end]), to: cut)
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(cut)).readAll() }
        try RawFixtures.write(bytes + [0], to: cut)
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(cut)).readAll() }
    }
}
