import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `NRRD` {
    private let scratch: ScratchFolder
    private let shape = Shape(depth: 2, height: 3, width: 4)
    private let scan: RawSlab

    init() throws {
        scratch = try ScratchFolder()
        scan = RawFixtures.numbered(shape, .uint16)
        try RawFixtures.write(scan.bytes, to: scratch.appending("data.raw"))
    }

    /// A scan whose header has these lines beside the necessary ones.
    private func open(
        _ lines: [String], data: [UInt8]? = nil, suffix: String = "nrrd"
    ) throws -> any ScanReader {
        let path = scratch.appending("scan.\(suffix)")
        let given = Set(lines.compactMap { $0.split(separator: ":").first.map { String($0) } })
        let necessary = [
            "type: uint16", "dimension: 3", "sizes: 4 3 2", "encoding: raw", "endian: little",
        ].filter { !given.contains(String($0.split(separator: ":")[0])) }
        let header = (["NRRD0004", "# a comment"] + necessary + lines).joined(separator: "\n")
        try RawFixtures.write(
            Array((header + "\n\n").utf8) + (data ?? (suffix == "nrrd" ? scan.bytes : [])),
            to: path)
        return try openScan(ScanLocation(path))
    }

    @Test(arguments: [
        ("spacings: 0.00225 0.0025 0.003", "mm, as ITK takes it"),
        ("spacings: 2.25 2.5 3\nunits: \"um\" \"um\" \"um\"", "um"),
        ("spacings: 2250 2500 3000\nunits: \"nm\" \"nm\" \"nm\"", "nm"),
        ("space dimension: 3\nspace directions: (0.00225,0,0) (0,0.0025,0) (0,0,0.003)", "mm"),
        (
            "space dimension: 3\nspace units: \"microns\" \"microns\" \"microns\"\n"
                + "space directions: (-2.25,0,0) (0,2.5,0) (0,0,3)", "microns"
        ),
    ])
    func `finds the voxel size`(lines: String, unit: String) throws {
        let found = try #require(try open([lines]).description.voxelSize)
        let expected = VoxelSize(
            depthInMicrometres: 3, heightInMicrometres: 2.5, widthInMicrometres: 2.25)
        #expect(found.size == expected)
        #expect(found.source.contains(unit))
    }

    @Test(arguments: [
        "spacings: 1 1 1", "spacings: nan nan nan",
        "spacings: 2 2 2\nunits: \"pixel\" \"pixel\" \"pixel\"",
    ])
    func `does not make up a voxel size`(lines: String) throws {
        #expect(try open([lines]).description.voxelSize == nil)
    }

    @Test func `reads big-endian voxels packed by gzip`() throws {
        // gzip.compress((np.arange(24)%251).astype('>u2').tobytes(), 9, mtime=0)
        let packed: [UInt8] = [
            0x1F, 0x8B, 0x08, 0x00, 0x00, 0x00, 0x00, 0x00, 0x02, 0x03, 0x05, 0xC1,
            0x85, 0x01, 0x80, 0x20, 0x00, 0x00, 0xB0, 0x59, 0x18, 0x80, 0x01, 0x22,
            0xFF, 0x7F, 0xEA, 0x86, 0xC1, 0x68, 0x32, 0x5B, 0x04, 0xAB, 0xCD, 0xEE,
            0x10, 0x25, 0xD9, 0xE9, 0x72, 0x7B, 0x14, 0xD5, 0xAB, 0xF9, 0xF4, 0x1F,
            0xA1, 0xEF, 0x12, 0xD7, 0x30, 0x00, 0x00, 0x00,
        ]
        let lines = ["encoding: gzip", "endian: big"]
        #expect(try open(lines, data: packed).readAll() == scan)
        #expect(try open(lines, data: packed).read(1..<2).bytes == Array(scan.bytes[24...]))
        var broken = packed
        broken[packed.count - 6] ^= 1
        #expect(throws: VolumeFileError.self) { try open(lines, data: broken).readAll() }
        #expect(throws: VolumeFileError.self) {
            try open(lines, data: packed + [1, 2, 3]).readAll()
        }
    }

    @Test func `reads a detached file after lines and bytes to skip`() throws {
        let data = Array("first\nsecond\nxy".utf8) + scan.bytes
        try RawFixtures.write(data, to: scratch.appending("skip.raw"))
        let skips = ["data file: skip.raw", "line skip: 2", "byte skip: 2"]
        #expect(try open(skips, suffix: "nhdr").readAll() == scan)
        let last = ["data file: skip.raw", "byte skip: -1"]
        #expect(try open(last, suffix: "nhdr").readAll() == scan)
    }

    @Test(arguments: ["data file: %d.raw 0 1 1", "datafile: LIST\n0.raw\n1.raw"])
    func `reads one file for every slice`(line: String) throws {
        let half = scan.bytes.count / 2
        try RawFixtures.write(Array(scan.bytes[..<half]), to: scratch.appending("0.raw"))
        try RawFixtures.write(Array(scan.bytes[half...]), to: scratch.appending("1.raw"))
        #expect(try open([line], suffix: "nhdr").readAll() == scan)
    }

    @Test func `keeps what else the header says`() throws {
        let description = try open(["content: a plug", "scanner:=X-ray"]).description
        #expect(description.metadata["content"] == "a plug")
        #expect(description.metadata["scanner"] == "X-ray")
    }

    @Test(arguments: [
        "sizes: 4 3", "sizes: 4 3 3", "sizes: 4 3 9223372036854775807", "dimension: 4",
        "type: block", "type: half", "encoding: ascii", "encoding: bzip2", "endian: middle",
        "byte skip: 9223372036854775807", "byte skip: -2", "line skip: 100000000",
        "line skip: -1", "kinds: RGB-color domain domain", "spacings: 1 2", "spacings: -1 1 2",
        "space directions: (1,0,0) none (0,0,1)", "sizes 4 3 2",
        "data file: ../x.raw", "data file: /etc/hostname", "type: uint8\ntype: uint16",
    ])
    func `refuses what cannot be`(line: String) {
        #expect(throws: VolumeFileError.self) { try open([line]) }
    }
}
