import Foundation
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `MetaImage` {
    private let scratch: ScratchFolder
    private let shape = Shape(depth: 2, height: 3, width: 4)
    private let scan: RawSlab

    init() throws {
        scratch = try ScratchFolder()
        scan = RawFixtures.numbered(shape, .uint16)
        try RawFixtures.write(scan.bytes, to: scratch.appending("data.raw"))
    }

    private func header(_ changes: [String: String?] = [:]) -> String {
        var fields: [(String, String)] = [
            ("ObjectType", "Image"), ("NDims", "3"), ("BinaryDataByteOrderMSB", "False"),
            ("DimSize", "4 3 2"), ("ElementType", "MET_USHORT"),
            ("ElementSpacing", "0.00225 0.00225 0.00225"),
        ]
        for (key, value) in changes.sorted(by: { $0.key < $1.key }) where key != "ElementDataFile" {
            fields.removeAll { $0.0 == key }
            if let value { fields.append((key, value)) }
        }
        fields.append(("ElementDataFile", (changes["ElementDataFile"] ?? nil) ?? "data.raw"))
        return fields.map { "\($0) = \($1)\n" }.joined()
    }

    private func open(
        _ changes: [String: String?] = [:], root: FilePath? = nil
    ) throws -> any ScanReader {
        let path = scratch.appending("scan.mhd")
        try RawFixtures.write(header(changes), to: path)
        return try openScan(ScanLocation(path, root: root))
    }

    @Test func `takes lengths as millimetres and says where it found them`() throws {
        let found = try #require(try open().description.voxelSize)
        #expect(found.size == VoxelSize(micrometres: 2.25))
        #expect(found.source.hasPrefix("scan.mhd: ElementSpacing=0.00225 0.00225 0.00225"))
    }

    @Test func `takes a spacing of one for an unknown voxel size`() throws {
        let description = try open(["ElementSpacing": "1 1 1"]).description
        #expect(description.voxelSize == nil)
        #expect(description.notes.contains { $0.contains("ElementSpacing") })
    }

    @Test func `turns big-endian voxels around`() throws {
        try RawFixtures.write(RawFixtures.swapped(scan), to: scratch.appending("big.raw"))
        let reader = try open([
            "BinaryDataByteOrderMSB": "True", "ElementDataFile": "big.raw",
        ])
        #expect(try reader.readAll() == scan)
    }

    @Test(arguments: [("7", 7), ("-1", 11)])
    func `skips a header of the data file`(text: String, count: Int) throws {
        let header = [UInt8](repeating: 9, count: count)
        try RawFixtures.write(header + scan.bytes, to: scratch.appending("head.raw"))
        let reader = try open(["HeaderSize": text, "ElementDataFile": "head.raw"])
        #expect(try reader.readAll() == scan)
    }

    @Test(arguments: [
        "LIST\na.raw\nb.raw", "LIST 2D\na.raw\nb.raw\n", "%d.raw 1 2 1", "%03d.raw 2 1 -1",
    ])
    func `reads one file for every slice`(reference: String) throws {
        let half = scan.bytes.count / 2
        let first = Array(scan.bytes[..<half])
        let second = Array(scan.bytes[half...])
        for name in ["a.raw", "1.raw", "002.raw"] {
            try RawFixtures.write(first, to: scratch.appending(name))
        }
        for name in ["b.raw", "2.raw", "001.raw"] {
            try RawFixtures.write(second, to: scratch.appending(name))
        }
        let reader = try open(["ElementDataFile": reference])
        #expect(try reader.readAll() == scan)
        #expect(try reader.read(1..<2).bytes == second)
        #expect(reader.description.files.count == 3)
    }

    @Test func `unpacks zlib, forwards and backwards`() throws {
        // zlib.compress((np.arange(24)%251).astype('<u2').tobytes(), 9)
        let packed: [UInt8] = [
            0x78, 0xDA, 0x05, 0xC1, 0x85, 0x01, 0x80, 0x20, 0x00, 0x00, 0xB0, 0x59,
            0x18, 0x80, 0x01, 0x22, 0xFF, 0x7F, 0xEA, 0xC6, 0x60, 0x34, 0x99, 0x2D,
            0x82, 0xD5, 0x66, 0x77, 0x88, 0x92, 0xEC, 0x74, 0xB9, 0x3D, 0x8A, 0xEA,
            0xD5, 0x7C, 0xBA, 0x1F, 0x12, 0x28, 0x01, 0x15,
        ]
        try RawFixtures.write(packed, to: scratch.appending("packed.zraw"))
        let reader = try open([
            "CompressedData": "True", "ElementDataFile": "packed.zraw",
            "CompressedDataSize": "\(packed.count)",
        ])
        #expect(try reader.read(1..<2).bytes == Array(scan.bytes[24...]))
        #expect(try reader.read(0..<1).bytes == Array(scan.bytes[..<24]))
        #expect(try reader.readAll() == scan)

        for end in 0..<packed.count {
            try RawFixtures.write(Array(packed[..<end]), to: scratch.appending("cut.zraw"))
            #expect(throws: VolumeFileError.self) {
                try open(["CompressedData": "True", "ElementDataFile": "cut.zraw"]).readAll()
            }
        }
        #expect(throws: VolumeFileError.self) {
            try open([
                "CompressedData": "True", "ElementDataFile": "packed.zraw", "DimSize": "4 3 1",
            ]).readAll()
        }
    }

    @Test func `refuses a small packed file that claims a huge scan`() {
        #expect(throws: VolumeFileError.self) {
            try open(["CompressedData": "True", "DimSize": "100000 100000 100000"])
        }
    }

    @Test(arguments: [
        "/etc/hostname", "../data.raw", "a/../../data.raw", "link.raw", "folder/data.raw",
    ])
    func `keeps references inside their folder`(reference: String) throws {
        let outside = try ScratchFolder()
        try RawFixtures.write(scan.bytes, to: outside.appending("data.raw"))
        try FileManager.default.createSymbolicLink(
            atPath: scratch.appending("link.raw").string,
            withDestinationPath: outside.appending("data.raw").string)
        try FileManager.default.createSymbolicLink(
            atPath: scratch.appending("folder").string, withDestinationPath: outside.path.string)
        let path = scratch.appending("scan.mhd")
        #expect(throws: VolumeFileError.outsideRoot(path, reference: reference)) {
            try open(["ElementDataFile": reference])
        }
    }

    @Test func `follows a link that stays inside`() throws {
        try FileManager.default.createSymbolicLink(
            atPath: scratch.appending("link.raw").string, withDestinationPath: "data.raw")
        #expect(try open(["ElementDataFile": "link.raw"]).readAll() == scan)
    }

    @Test func `refuses a FIFO without waiting for a writer`() throws {
        let fifo = scratch.appending("fifo.raw")
        let run = try Program.run("/usr/bin/mkfifo", [fifo.string])
        #expect(run.status == 0)
        #expect(throws: VolumeFileError.self) { try open(["ElementDataFile": "fifo.raw"]) }
        #expect(throws: VolumeFileError.self) { try openScan(ScanLocation(fifo)) }
        #expect(throws: VolumeFileError.self) {
            try openScan(ScanLocation(FilePath("/dev/zero")))
        }
    }

    @Test(
        arguments: [
            ["DimSize": "4 3"], ["DimSize": "4 3 -2"], ["DimSize": "4 3 x"],
            ["DimSize": "9223372036854775807 2 2"], ["DimSize": "4294967296 4294967296 4294967296"],
            ["DimSize": "4 3 3"], ["NDims": "4"], ["ElementType": nil],
            ["ElementType": "MET_STRING"],
            ["ElementNumberOfChannels": "3"], ["BinaryData": "False"], ["HeaderSize": "1"],
            ["HeaderSize": "9223372036854775807"], ["HeaderSize": "-2"],
            ["ElementSpacing": "0 0 0"],
            ["ElementSpacing": "1 nan 1"], ["BinaryDataByteOrderMSB": "maybe"],
            ["ElementDataFile": "missing.raw"], ["ElementDataFile": "LIST\ndata.raw"],
            ["ElementDataFile": "%s.raw 1 2 1"], ["ElementDataFile": "%d%d.raw 1 2 1"],
            ["ElementDataFile": "%d.raw -9223372036854775808 9223372036854775807 1"],
            ["ElementDataFile": "%99d.raw 1 2 1"], ["ElementDataFile": "."],
        ] as [[String: String?]])
    func `refuses what cannot be`(changes: [String: String?]) {
        #expect(throws: VolumeFileError.self) { try open(changes) }
    }
}
