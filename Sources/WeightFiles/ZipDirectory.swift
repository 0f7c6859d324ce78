/// The records of a zip archive, as PyTorch writes it: stored, never compressed or encrypted.
///
/// What a record is and how long comes from the directory at the end of the archive, so that
/// records with data descriptors, whose own headers say nothing of it, are read like others.
struct ZipDirectory {
    /// One record.
    struct Record {
        let name: String
        let checkSum: UInt32
        let byteCount: Int
        /// Where its own header begins.
        fileprivate let offset: Int
        /// Where the next record begins at the earliest.
        fileprivate var limit: Int
        fileprivate let isPlain: Bool
    }

    /// By name.
    private(set) var records: [String: Record] = [:]
    private let source: ByteSource

    /// Directories longer than this are refused; one of 700 tensors has some 70 kB.
    private static let byteLimit = 1 << 28

    /// Whether the archive's first four bytes are those of a zip.
    static func isZip(_ start: [UInt8]) -> Bool { start.starts(with: [0x50, 0x4B, 3, 4]) }

    /// Reads the directory and checks that no two records can share bytes.
    init(_ source: ByteSource) throws(WeightFileError) {
        self.source = source
        let end = try ZipEnd(source)
        guard end.byteCount <= ZipDirectory.byteLimit, end.recordCount <= end.byteCount / 46 else {
            throw source.malformed("its list of records cannot be that long")
        }
        let bytes = try source.bytes(at: end.offset, count: end.byteCount)
        var found: [Record] = []
        var position = 0
        for _ in 0..<end.recordCount {
            found.append(try ZipDirectory.record(bytes, &position, source))
        }
        found.sort { $0.offset < $1.offset }
        for index in found.indices {
            found[index].limit = index + 1 < found.count ? found[index + 1].offset : end.offset
            let record = found[index]
            // 30 bytes of header come before the name and the content.
            guard record.limit - record.offset >= 30,
                record.byteCount <= record.limit - record.offset - 30
            else {
                throw source.malformed("its record \(record.name.shown) overlaps what follows")
            }
            guard records.updateValue(record, forKey: record.name) == nil else {
                throw source.malformed("two records are named \(record.name.shown)")
            }
        }
    }

    /// The content of a record.
    ///
    /// A check sum of zero is one that PyTorch was told not to compute; any other has to match.
    func bytes(of record: Record) throws(WeightFileError) -> [UInt8] {
        guard record.isPlain else {
            throw .refused(
                source.path, problem: "its record \(record.name.shown) is compressed or encrypted",
                advice: "save the weights again with torch.save")
        }
        let header = try source.bytes(at: record.offset, count: 30)
        guard header.starts(with: [0x50, 0x4B, 3, 4]) else {
            throw source.malformed("its record \(record.name.shown) is not where it should be")
        }
        let nameLength = Int(header.little(UInt16.self, at: 26))
        let start =
            record.offset + 30 + nameLength + Int(header.little(UInt16.self, at: 28))
        guard start <= record.limit, record.byteCount <= record.limit - start else {
            throw source.malformed("its record \(record.name.shown) overlaps what follows")
        }
        guard
            try source.bytes(at: record.offset + 30, count: nameLength)
                == Array(record.name.utf8)
        else {
            throw source.malformed("its record \(record.name.shown) has two names")
        }
        let bytes = try source.bytes(at: start, count: record.byteCount)
        guard record.checkSum == 0 || CheckSum.crc32(bytes) == record.checkSum else {
            throw source.malformed("its record \(record.name.shown) does not match its check sum")
        }
        return bytes
    }

    private static func record(
        _ bytes: [UInt8], _ position: inout Int, _ source: ByteSource
    ) throws(WeightFileError) -> Record {
        guard bytes.count - position >= 46, bytes[position...].starts(with: [0x50, 0x4B, 1, 2])
        else { throw source.malformed("its list of records breaks off") }
        let start = position
        let nameLength = Int(bytes.little(UInt16.self, at: start + 28))
        let extraLength = Int(bytes.little(UInt16.self, at: start + 30))
        let commentLength = Int(bytes.little(UInt16.self, at: start + 32))
        let length = 46 + nameLength + extraLength + commentLength
        guard length <= bytes.count - start else {
            throw source.malformed("its list of records breaks off")
        }
        position += length
        let nameEnd = start + 46 + nameLength
        guard let name = String(validating: bytes[(start + 46)..<nameEnd], as: UTF8.self) else {
            throw source.malformed("the name of a record is not UTF-8")
        }
        // Numbers that 32 bits cannot hold stand behind the name, in this order.
        var wide = try wideNumbers(Array(bytes[nameEnd..<(nameEnd + extraLength)]), source)[...]
        func number(at offset: Int) throws(WeightFileError) -> Int {
            let narrow = bytes.little(UInt32.self, at: start + offset)
            if narrow < UInt32.max { return Int(narrow) }
            guard let number = wide.popFirst().flatMap(Int.init(exactly:)) else {
                throw source.malformed("its record \(name.shown) has no length or place")
            }
            return number
        }
        let byteCount = try number(at: 24)
        let storedCount = try number(at: 20)
        let offset = try number(at: 42)
        let isEncrypted = bytes[start + 8] & 1 != 0
        let method = bytes.little(UInt16.self, at: start + 10)
        guard method != 0 || byteCount == storedCount else {
            throw source.malformed("its record \(name.shown) has two lengths")
        }
        return Record(
            name: name, checkSum: bytes.little(UInt32.self, at: start + 16),
            byteCount: storedCount, offset: offset, limit: offset,
            isPlain: method == 0 && !isEncrypted)
    }

    /// The numbers of the zip64 field among the extra fields.
    private static func wideNumbers(
        _ extra: [UInt8], _ source: ByteSource
    ) throws(WeightFileError) -> [UInt64] {
        var position = 0
        while extra.count - position >= 4 {
            let kind = extra.little(UInt16.self, at: position)
            let length = Int(extra.little(UInt16.self, at: position + 2))
            position += 4
            guard length <= extra.count - position else {
                throw source.malformed("an extra field in its list of records breaks off")
            }
            if kind == 1 {
                return (0..<(length / 8)).map {
                    extra.little(UInt64.self, at: position + 8 * $0)
                }
            }
            position += length
        }
        return []
    }
}
