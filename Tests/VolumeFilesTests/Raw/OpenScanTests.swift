import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Opening a scan` {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    @Test func `goes by what the file holds, not by its name`() throws {
        let path = scratch.appending("scan.nrrd")
        let scan = RawFixtures.numbered(Shape(edge: 3), .uint8)
        let writer = try createScan(
            at: path, shape: scan.shape, elementType: .uint8, voxelSize: nil)
        try writer.append(scan)
        try writer.finish()
        let renamed = scratch.appending("scan.tif")
        try RawFixtures.write(try RawFixtures.bytes(of: path), to: renamed)
        let reader = try openScan(ScanLocation(renamed))
        #expect(reader.description.format == .nrrd)
        #expect(try reader.readAll() == scan)
    }

    @Test func `of nothing says that it is missing`() {
        let path = scratch.appending("nothing.tif")
        #expect(throws: VolumeFileError.missing(path)) { try openScan(ScanLocation(path)) }
    }

    @Test(arguments: [
        ("scan.tif", [UInt8]()), ("scan.tif", Array("hello".utf8)), ("scan.h5", [1, 2, 3]),
        ("scan.npy", [0x93]), ("scan.png", [0x89, 0x50]), ("scan.nrrd", Array("NRR".utf8)),
        ("scan.txm", [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]),
        ("scan.jpg", [0xFF, 0xD8, 0xFF, 0xE0]), ("scan", Array("text".utf8)),
        ("scan.mhd", Array("text".utf8)), ("scan.vgi", Array("text".utf8)), ("scan.raw", [0]),
    ])
    func `that is none is refused with its name`(name: String, bytes: [UInt8]) throws {
        let path = scratch.appending(name)
        try RawFixtures.write(bytes, to: path)
        let error = try #require(throws: VolumeFileError.self) {
            try openScan(ScanLocation(path))
        }
        #expect(error.description.contains(name))
    }

    @Test func `in an empty folder is refused`() {
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(scratch.path)) }
    }

    @Test func `in a folder of two kinds of slices asks which`() throws {
        try RawFixtures.write([0], to: scratch.appending("a.tif"))
        try RawFixtures.write([0], to: scratch.appending("a.png"))
        let error = try #require(throws: VolumeFileError.self) {
            try openScan(ScanLocation(scratch.path))
        }
        guard case .ambiguous = error else {
            Issue.record("\(error)")
            return
        }
    }
}
