import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@Suite struct `PNG scans` {
    let scratch: ScratchFolder
    init() throws { scratch = try ScratchFolder() }

    private func write(
        _ slab: RawSlab, to name: String, voxelSize: VoxelSize? = nil
    ) throws -> FilePath {
        let path = scratch.appending(name)
        let writer = try PNGScanWriter(
            creating: path, shape: slab.shape, elementType: slab.elementType,
            voxelSize: voxelSize)
        try writer.append(slab)
        try writer.finish()
        return path
    }

    @Test(arguments: [ElementType.uint8, .uint16])
    func `come back as they were written`(type: ElementType) throws {
        let slab = ImageFixture.slab(type, Shape(depth: 1, height: 9, width: 14))
        let path = try write(slab, to: "a.png", voxelSize: VoxelSize(micrometres: 2.5))
        let reader = try PNGScanReader(ScanLocation(path))
        #expect(try reader.readAll() == slab)
        let found = try #require(reader.description.voxelSize)
        #expect(found.size == VoxelSize(micrometres: 2.5))
        #expect(found.source == "a.png: pHYs=400000 per metre")
        #expect(reader.description.notes == [])
    }

    @Test func `in a folder make a stack`() throws {
        let slab = ImageFixture.slab(.uint16, Shape(depth: 11, height: 4, width: 3))
        for z in 0..<11 {
            _ = try write(
                RawSlab(
                    elementType: .uint16, shape: slab.shape.withDepth(1),
                    bytes: Array(slab.bytes[(z * 24)..<((z + 1) * 24)])), to: "s\(z).png")
        }
        let reader = try PNGScanReader(ScanLocation(scratch.path))
        #expect(reader.description.shape == slab.shape)
        #expect(try reader.readAll() == slab)
        #expect(try reader.read(9..<11).bytes == Array(slab.bytes[216..<264]))
    }

    @Test func `in colour are taken only where it is grey`() throws {
        let path = scratch.appending("colour.png")
        try ImageFixture.write(
            encodePNG(width: 2, height: 1, channels: 3, bytes: [7, 7, 7, 9, 9, 9]), to: path)
        let reader = try PNGScanReader(ScanLocation(path))
        #expect(try reader.readAll().bytes == [7, 9])
        #expect(
            reader.description.notes == ["the colour channels are equal: taken as one grey"])
        try ImageFixture.write(
            encodePNG(width: 2, height: 1, channels: 3, bytes: [7, 7, 7, 9, 8, 9]), to: path)
        #expect(
            throws: VolumeFileError.unsupported(
                path,
                problem: "page 1 is in colour: green differs from red at row 0, column 1",
                advice: "convert it to 8-bit or 16-bit grey, or split the channels and take one")
        ) { try PNGScanReader(ScanLocation(path)) }
    }

    @Test func `cut or damaged anywhere are an error or complete`() throws {
        let slab = ImageFixture.slab(.uint8, Shape(depth: 1, height: 30, width: 30))
        let whole = try ImageFixture.bytes(of: write(slab, to: "whole.png"))
        let path = scratch.appending("broken.png")
        var generator = SplitMix64(seed: 3)
        for trial in 0..<200 {
            var bytes = whole
            if trial % 2 == 0 {
                bytes.removeLast(Int.random(in: 1...whole.count, using: &generator))
            } else {
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0...7, using: &generator)
            }
            try ImageFixture.write(bytes, to: path)
            do throws(VolumeFileError) {
                #expect(try PNGScanReader(ScanLocation(path)).readAll() == slab)
            } catch {
                guard case .malformed(path, let problem) = error, !problem.contains("\n") else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }

    @Test func `of fewer bits keep their values`() throws {
        // A 2-bit grey image of one row, 0 1 2 3, put together with Python's zlib.
        let bytes = try #require(
            Data(
                base64Encoded: """
                    iVBORw0KGgoAAAANSUhEUgAAAAQAAAABAgAAAACW50iwAAAACklEQVR4nGOQBgAAHQAcjvT1IQAAAABJ\
                    RU5ErkJggg==
                    """))
        let path = scratch.appending("two.png")
        try ImageFixture.write([UInt8](bytes), to: path)
        let reader = try PNGScanReader(ScanLocation(path))
        #expect(try reader.readAll().bytes == [0, 1, 2, 3])
        #expect(reader.description.notes == ["2-bit values are kept as they are, in uint8"])
    }

    @Test func `of types that PNG lacks are refused`() throws {
        #expect(throws: VolumeFileError.self) {
            try PNGScanWriter(
                creating: scratch.appending("a.png"), shape: Shape(edge: 2), elementType: .uint8,
                voxelSize: nil)
        }
        #expect(throws: VolumeFileError.self) {
            try PNGScanWriter(
                creating: scratch.appending("a.png"), shape: Shape(depth: 1, height: 2, width: 2),
                elementType: .float32, voxelSize: nil)
        }
    }
}
