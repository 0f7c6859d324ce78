/// The header and directories of a TIFF, read with checked arithmetic; TIFF 6.0 (Adobe 1992) and the
/// BigTIFF extension.
///
/// Structure is ours and pixels are libtiff's: so every size is compared with the file's length
/// before memory is taken, and a broken chain of pages is an error, never a shorter scan.
final class TIFFStructure {
    let file: PositionedFile
    let isBigEndian: Bool
    let isBigTIFF: Bool
    /// Where the first directory begins.
    let firstDirectory: Int
    // Directories lie close together, so most are found in the last 64 KiB read.
    private var window: [UInt8] = []
    private var windowStart = 0

    /// Reads the header.
    init(_ file: PositionedFile) throws(VolumeFileError) {
        self.file = file
        guard file.length >= 8 else {
            throw .malformed(file.path, problem: "\(file.length) bytes are too few for a TIFF")
        }
        let header = try file.bytes(at: 0, count: min(16, file.length))
        switch (header[0], header[1]) {
        case (0x49, 0x49): isBigEndian = false
        case (0x4D, 0x4D): isBigEndian = true
        default: throw Self.notTIFF(file)
        }
        switch Self.number(header[2..<4], isBigEndian: isBigEndian) {
        case 42:
            isBigTIFF = false
            firstDirectory = Int(Self.number(header[4..<8], isBigEndian: isBigEndian))
        case 43:
            isBigTIFF = true
            guard header.count == 16,
                Self.number(header[4..<6], isBigEndian: isBigEndian) == 8,
                Self.number(header[6..<8], isBigEndian: isBigEndian) == 0,
                let first = Int(
                    exactly: Self.number(header[8..<16], isBigEndian: isBigEndian))
            else { throw .malformed(file.path, problem: "the BigTIFF header is broken") }
            firstDirectory = first
        default: throw Self.notTIFF(file)
        }
    }

    private static func notTIFF(_ file: PositionedFile) -> VolumeFileError {
        .malformed(file.path, problem: "it does not begin like a TIFF")
    }

    /// The directory at `offset`.
    func directory(at offset: Int) throws(VolumeFileError) -> TIFFDirectory {
        let countBytes = isBigTIFF ? 8 : 2
        let entryBytes = isBigTIFF ? 20 : 12
        let pointerBytes = isBigTIFF ? 8 : 4
        let count = number(try bytes(at: offset, count: countBytes))
        guard count > 0, count <= 65_535 else {
            throw .malformed(file.path, problem: "the directory at \(offset) has \(count) entries")
        }
        let entriesStart = offset + countBytes
        let body = try bytes(at: entriesStart, count: Int(count) * entryBytes + pointerBytes)
        var entries: [UInt16: TIFFDirectory.Entry] = [:]
        for index in 0..<Int(count) {
            let entry = body.dropFirst(index * entryBytes).prefix(entryBytes)
            let tag = UInt16(number(entry.prefix(2)))
            // The first of several entries for one tag counts, as in libtiff.
            guard TIFFTag(rawValue: tag) != nil, entries[tag] == nil else { continue }
            let type = UInt16(number(entry.dropFirst(2).prefix(2)))
            let values = number(entry.dropFirst(4).prefix(pointerBytes))
            let inline = entriesStart + index * entryBytes + 4 + pointerBytes
            let size = TIFFDirectory.byteCount(ofType: type)
            guard size > 0, let valueCount = Int(exactly: values),
                valueCount <= file.length / size,
                let target = valueCount * size <= pointerBytes
                    ? inline : Int(exactly: number(entry.suffix(pointerBytes)))
            else {
                // Damage is reported where the value is needed.
                entries[tag] = .init(type: 0, count: 0, offset: 0)
                continue
            }
            entries[tag] = .init(type: type, count: valueCount, offset: target)
        }
        guard let next = Int(exactly: number(body.suffix(pointerBytes))) else {
            throw .malformed(file.path, problem: "the chain of pages leads outside the file")
        }
        return TIFFDirectory(
            offset: offset, next: next,
            byteCount: countBytes + Int(count) * entryBytes + pointerBytes, entries: entries)
    }

    /// The whole numbers of an entry; `nil` if the page has no such tag.
    func integers(_ tag: TIFFTag, of directory: TIFFDirectory) throws(VolumeFileError) -> [Int]? {
        guard let entry = directory.entries[tag.rawValue] else { return nil }
        let size = TIFFDirectory.byteCount(ofType: entry.type)
        guard [1, 3, 4, 13, 16, 18].contains(entry.type), entry.count > 0 else {
            throw .malformed(file.path, problem: "\(tag) is not a whole number")
        }
        let bytes = try bytes(at: entry.offset, count: entry.count * size)
        var values: [Int] = []
        values.reserveCapacity(entry.count)
        for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: size) {
            guard let value = Int(exactly: number(bytes[start..<(start + size)])) else {
                throw .malformed(file.path, problem: "\(tag) is out of range")
            }
            values.append(value)
        }
        return values
    }

    /// The first whole number of an entry; `nil` if the page has no such tag.
    func integer(_ tag: TIFFTag, of directory: TIFFDirectory) throws(VolumeFileError) -> Int? {
        try integers(tag, of: directory)?.first
    }

    /// The text of an entry without its closing NUL, at most 4 MiB of it: UTF-8 where it is valid,
    /// Latin-1 otherwise. `nil` if the page has none or it is damaged.
    func text(_ tag: TIFFTag, of directory: TIFFDirectory) -> String? {
        guard let entry = directory.entries[tag.rawValue],
            [1, 2, 7].contains(entry.type), entry.count > 0,
            let bytes = try? bytes(at: entry.offset, count: min(entry.count, 1 << 22))
        else { return nil }
        let text = bytes.prefix { $0 != 0 }
        return String(validating: text, as: UTF8.self)
            ?? String(String.UnicodeScalarView(text.map { Unicode.Scalar($0) }))
    }

    /// The numerator and denominator of an entry; `nil` unless it is a fraction above zero.
    func fraction(_ tag: TIFFTag, of directory: TIFFDirectory) -> (Int, Int)? {
        guard let entry = directory.entries[tag.rawValue], entry.type == 5, entry.count == 1,
            let bytes = try? bytes(at: entry.offset, count: 8)
        else { return nil }
        let numerator = Int(number(bytes.prefix(4)))
        let denominator = Int(number(bytes.suffix(4)))
        return numerator > 0 && denominator > 0 ? (numerator, denominator) : nil
    }

    private func bytes(at offset: Int, count: Int) throws(VolumeFileError) -> ArraySlice<UInt8> {
        if offset >= windowStart, offset - windowStart <= window.count,
            count <= window.count - (offset - windowStart)
        {
            let start = offset - windowStart
            return window[start..<(start + count)]
        }
        guard offset >= 0, offset < file.length, count <= file.length - offset else {
            throw .malformed(
                file.path,
                problem: "cut: needs \(count) bytes at \(offset), the file has \(file.length)")
        }
        window = try file.bytes(at: offset, count: max(count, min(1 << 16, file.length - offset)))
        windowStart = offset
        return window[0..<count]
    }

    private func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        Self.number(bytes, isBigEndian: isBigEndian)
    }

    private static func number(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> UInt64 {
        var value: UInt64 = 0
        if isBigEndian {
            for byte in bytes { value = value << 8 | UInt64(byte) }
        } else {
            for byte in bytes.reversed() { value = value << 8 | UInt64(byte) }
        }
        return value
    }
}
