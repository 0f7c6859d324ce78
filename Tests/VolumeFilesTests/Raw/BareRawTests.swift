import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Bare raw file` {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test(arguments: [
        ("berea_500x400x300_2.25um_uint16", [500, 400, 300], 2.25, ElementType.uint16),
        ("Bentheimer-10X20X30-3p0035um-float32", [10, 20, 30], 3.0035, .float32),
        ("a 10x20x30 700nm uint8", [10, 20, 30], 0.7, .uint8),
        ("w_s_DRY_CT_100_200_300_02250nm", [100, 200, 300], 2.25, .uint16),
        ("W1_P2_CLEAN_X_BIN_10_20_30_5345nm", [10, 20, 30], 5.345, .uint8),
        ("W1_P2_CLEAN_X_FLOAT_10_20_30_5345nm", [10, 20, 30], 5.345, .float32),
    ])
    func `says what it is in its name`(
        stem: String, extents: [Int], edge: Double, type: ElementType
    ) {
        let name = BareRaw.parse(stem)
        #expect(name.extents == extents)
        #expect(name.voxelSize == VoxelSize(micrometres: edge))
        #expect(name.elementType == type)
    }

    @Test(arguments: [
        "scan", "10x20_uint8", "2.25um", "99999999999x1x1_uint8", "x10x20x30", "100um_5x5x5x5",
        "0um", "nm", "_BIN_1_2_3_4nm5", "uint8uint8", "ptube_54_54_50_vs_2e-05",
    ])
    func `with another name is not guessed at`(stem: String) {
        let name = BareRaw.parse(stem)
        #expect(name.extents == nil || name.elementType == nil)
    }

    @Test func `is read as width, height and depth`() throws {
        let shape = Shape(depth: 2, height: 3, width: 4)
        let scan = RawFixtures.numbered(shape, .uint8)
        let path = scratch.appending("scan_4x3x2_2.25um_uint8.raw")
        try RawFixtures.write(scan.bytes, to: path)
        let reader = try openScan(ScanLocation(path))
        #expect(reader.description.shape == shape)
        #expect(
            reader.description.voxelSize
                == VoxelSize(micrometres: 2.25).map {
                    FoundVoxelSize($0, source: "scan_4x3x2_2.25um_uint8.raw: 2.25um")
                })
        #expect(try reader.readAll() == scan)
        for bytes in [scan.bytes + [0], scan.bytes.dropLast()] {
            try RawFixtures.write(Array(bytes), to: path)
            #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(path)) }
        }
    }

    @Test func `without a word about itself is refused with a sidecar to fill in`() throws {
        let path = scratch.appending("plug_4_3_2_x.raw")
        try RawFixtures.write([UInt8](0..<24), to: path)
        let error = try #require(throws: VolumeFileError.self) {
            try openScan(ScanLocation(path))
        }
        let text = error.description
        let start = try #require(text.firstRange(of: "ObjectType"))
        var sidecar = String(text[start.lowerBound...])
        #expect(sidecar.contains("DimSize = 4 3 2\n"))
        #expect(sidecar.contains("ElementType = MET_UCHAR\n"))
        sidecar.replace("EDGE_IN_MM", with: "0.02")
        try RawFixtures.write(sidecar, to: scratch.appending("plug_4_3_2_x.mhd"))
        let reader = try openScan(ScanLocation(path))
        #expect(reader.description.voxelSize?.size == VoxelSize(micrometres: 20))
        #expect(try reader.readAll().bytes == [UInt8](0..<24))
    }

    @Test func `is not read through a header about another file`() throws {
        let path = scratch.appending("scan.raw")
        try RawFixtures.write([1], to: path)
        try RawFixtures.write([1], to: scratch.appending("other.raw"))
        try RawFixtures.write(
            "ObjectType = Image\nNDims = 3\nDimSize = 1 1 1\nElementType = MET_UCHAR\n"
                + "ElementDataFile = other.raw\n", to: scratch.appending("scan.mhd"))
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(path)) }
    }

    @Test(.enabled(if: SharedData.isPresent))
    func `of a round tube has the tube's pore space`() throws {
        // 1976 of 54 x 54 voxels of every slice are pore, value 0 (poremaps, MIT).
        let source = SharedData.folder.appending(
            "tube-and-duct-analytic/ptube_54_54_50_vs_2e-05.raw")
        let path = scratch.appending("ptube_54x54x50_20um_uint8.raw")
        try FileManager.default.copyItem(atPath: source.string, toPath: path.string)
        let reader = try openScan(ScanLocation(path))
        #expect(reader.description.shape == Shape(depth: 50, height: 54, width: 54))
        for z in [0, 49] {
            #expect(try reader.read(z..<(z + 1)).bytes.count { $0 == 0 } == 1976)
        }
    }

    @Test(arguments: [ElementType.uint16, .int16, .int32, .float32, .float64], UInt64(0)..<20)
    func `in the wrong byte order or sign is told apart`(type: ElementType, seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: 6, height: 20, width: 60)
        let centre = type == .uint16 ? 20_000.0 : 300
        let amplitude = type == .uint16 ? 9000.0 : 1500
        let scan = RawFixtures.smooth(
            shape, type, centre: centre, amplitude: amplitude,
            noise: amplitude * Double.random(in: 0.01...0.3, using: &generator),
            using: &generator)
        let path = scratch.appending("scan_60x20x6_1um_\(type.rawValue).raw")
        try RawFixtures.write(scan.bytes, to: path)
        #expect(try openScan(ScanLocation(path)).readAll() == scan)

        try RawFixtures.write(RawFixtures.swapped(scan), to: path)
        let error = try #require(throws: VolumeFileError.self) {
            try openScan(ScanLocation(path))
        }
        #expect(error.description.contains("big endian"))
        #expect(error.description.contains("BinaryDataByteOrderMSB = True"))

        guard type == .int16 || type == .int32 else { return }
        // Values on both sides of zero, read without a sign, jump from end to end.
        let unsigned = scratch.appending("scan_60x20x6_1um_u\(type.rawValue).raw")
        try RawFixtures.write(scan.bytes, to: unsigned)
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(unsigned)) }
    }

    @Test(arguments: UInt64(0)..<20)
    func `of pure noise, a mask or 8 bits in 16 raises no false alarm`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: 3, height: 20, width: 50)
        let path = scratch.appending("scan_50x20x3_1um_uint16.raw")
        for greatest in [1, 255, 4095, 65535] {
            let voxels = (0..<shape.count).map { _ in
                UInt16.random(in: 0...UInt16(greatest), using: &generator)
            }
            let scan = RawSlab(Volume(shape: shape, voxels: voxels))
            try RawFixtures.write(scan.bytes, to: path)
            #expect(try openScan(ScanLocation(path)).readAll() == scan)
        }
    }
}
