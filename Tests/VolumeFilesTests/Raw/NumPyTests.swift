import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `NumPy file` {
    private let scratch: ScratchFolder
    private let shape = Shape(depth: 2, height: 3, width: 4)

    init() throws { scratch = try ScratchFolder() }

    private func open(
        _ header: String, version: UInt8 = 1, data: [UInt8]
    ) throws -> any ScanReader {
        let text = Array((header + "\n").utf8)
        let length: [UInt8] =
            version == 1
            ? [UInt8(text.count), 0] : [UInt8(text.count), 0, 0, 0]
        let path = scratch.appending("scan.npy")
        try RawFixtures.write(
            [0x93] + Array("NUMPY".utf8) + [version, 0] + length + text + data, to: path)
        return try openScan(ScanLocation(path))
    }

    @Test(arguments: UInt8(1)...3)
    func `of every version is read`(version: UInt8) throws {
        let scan = RawFixtures.numbered(shape, .float32)
        let reader = try open(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, 4), }", version: version,
            data: scan.bytes)
        #expect(try reader.readAll() == scan)
    }

    @Test func `in big-endian Fortran order is read slab by slab`() throws {
        let scan = RawFixtures.numbered(shape, .uint16).volume(as: UInt16.self)
        var transposed: [UInt16] = []
        for x in 0..<4 {
            for y in 0..<3 {
                for z in 0..<2 { transposed.append(scan[z, y, x]) }
            }
        }
        let data = transposed.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xFF)] }
        let reader = try open(
            "{'descr': '>u2', 'fortran_order': True, 'shape': (2, 3, 4), }", data: data)
        #expect(try reader.readAll() == RawSlab(scan))
        #expect(try reader.read(1..<2).bytes == Array(RawSlab(scan).bytes[24...]))
    }

    @Test func `of truth values is read as 0 and 1`() throws {
        let reader = try open(
            "{'descr': '|b1', 'fortran_order': False, 'shape': (2, 2), }", data: [0, 1, 1, 0])
        #expect(reader.description.shape == Shape(depth: 1, height: 2, width: 2))
        #expect(reader.description.elementType == .uint8)
        #expect(!reader.description.notes.isEmpty)
    }

    @Test(arguments: [
        "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3, 5), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (24,), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (1, 2, 3, 4), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (2, 3, -4), }",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (4294967296, 4294967296, 4294967296)}",
        "{'descr': '<u2', 'fortran_order': False, 'shape': (99999999999999999999, 3, 4), }",
        "{'descr': '<c8', 'fortran_order': False, 'shape': (2, 3, 4), }",
        "{'descr': [('a', '<u2')], 'fortran_order': False, 'shape': (2, 3, 4), }",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2, 3, 4), }",
        "{'descr': '|u2', 'fortran_order': False, 'shape': (2, 3, 4), }",
        "{'descr': '<u2', 'fortran_order': maybe, 'shape': (2, 3, 4), }", "", "{}",
    ])
    func `with another header is refused`(header: String) {
        #expect(throws: VolumeFileError.self) {
            try open(header, data: RawFixtures.numbered(shape, .uint16).bytes)
        }
    }
}
