/// A zip archive of stored records, each beginning at a multiple of 64 bytes as PyTorch has it.
///
/// Times are left out, so equal records are equal bytes.
struct ZipWriter {
    private struct Record {
        let name: [UInt8]
        let checkSum: UInt32
        let byteCount: Int
        let offset: Int
    }

    /// The first number that the old fields of 32 bits cannot hold.
    static let narrowLimit = Int(UInt32.max)

    private var records: [Record] = []
    private let narrowLimit: Int

    /// Nothing yet; numbers from `narrowLimit` on are written the zip64 way.
    init(narrowLimit: Int) { self.narrowLimit = narrowLimit }

    /// Appends a record.
    mutating func add(
        _ name: String, _ bytes: [UInt8], to sink: inout ByteSink
    ) throws(WeightFileError) {
        let record = Record(
            name: Array(name.utf8), checkSum: CheckSum.crc32(bytes), byteCount: bytes.count,
            offset: sink.count)
        records.append(record)
        var extra: [UInt8] = []
        if bytes.count >= narrowLimit { appendWide([bytes.count, bytes.count], to: &extra) }
        // A field of padding, named FB by PyTorch, brings the content to its place.
        let unpadded = sink.count + 30 + record.name.count + extra.count + 4
        let padding = (64 - unpadded % 64) % 64
        extra += Array("FB".utf8)
        extra.append(little: UInt16(padding))
        extra += Array(repeating: UInt8(ascii: "Z"), count: padding)
        var header: [UInt8] = [0x50, 0x4B, 3, 4]
        appendFacts(record, extraCount: extra.count, to: &header)
        try sink.write(header + record.name + extra)
        try sink.write(bytes)
    }

    /// Appends the list of records and the end.
    func finish(_ sink: inout ByteSink) throws(WeightFileError) {
        let start = sink.count
        for record in records {
            var extra: [UInt8] = []
            var wide: [Int] = []
            if record.byteCount >= narrowLimit { wide += [record.byteCount, record.byteCount] }
            if record.offset >= narrowLimit { wide.append(record.offset) }
            if !wide.isEmpty { appendWide(wide, to: &extra) }
            var entry: [UInt8] = [0x50, 0x4B, 1, 2]
            entry.append(little: versionNeeded)
            appendFacts(record, extraCount: extra.count, to: &entry)
            // No comment, first disk, no attributes.
            entry += Array(repeating: 0, count: 2 + 2 + 2 + 4)
            entry.append(little: narrow(record.offset))
            try sink.write(entry + record.name + extra)
        }
        let length = sink.count - start
        var end: [UInt8] = []
        let isWide = start >= narrowLimit || length >= narrowLimit || records.count >= 0xFFFF
        if isWide { appendWideEnd(start: start, length: length, at: sink.count, to: &end) }
        let count = isWide ? UInt16.max : UInt16(records.count)
        end += [0x50, 0x4B, 5, 6, 0, 0, 0, 0]
        end.append(little: count)
        end.append(little: count)
        end.append(little: isWide ? UInt32.max : UInt32(length))
        end.append(little: isWide ? UInt32.max : UInt32(start))
        end.append(little: UInt16(0))
        try sink.write(end)
    }

    private var versionNeeded: UInt16 { 45 }

    private func narrow(_ number: Int) -> UInt32 {
        number >= narrowLimit ? UInt32.max : UInt32(number)
    }

    /// What the header of a record and its line in the list share.
    private func appendFacts(_ record: Record, extraCount: Int, to bytes: inout [UInt8]) {
        bytes.append(little: versionNeeded)
        // Names are UTF-8; stored; 1 January 1980.
        bytes.append(little: UInt16(0x0800))
        bytes.append(little: UInt16(0))
        bytes.append(little: UInt16(0))
        bytes.append(little: UInt16(0x21))
        bytes.append(little: record.checkSum)
        bytes.append(little: narrow(record.byteCount))
        bytes.append(little: narrow(record.byteCount))
        bytes.append(little: UInt16(record.name.count))
        bytes.append(little: UInt16(extraCount))
    }

    private func appendWide(_ numbers: [Int], to extra: inout [UInt8]) {
        extra.append(little: UInt16(1))
        extra.append(little: UInt16(8 * numbers.count))
        for number in numbers { extra.append(little: UInt64(number)) }
    }

    private func appendWideEnd(start: Int, length: Int, at place: Int, to end: inout [UInt8]) {
        end += [0x50, 0x4B, 6, 6]
        end.append(little: UInt64(44))
        end.append(little: versionNeeded)
        end.append(little: versionNeeded)
        end.append(little: UInt64(0))
        for number in [records.count, records.count, length, start] {
            end.append(little: UInt64(number))
        }
        end += [0x50, 0x4B, 6, 7, 0, 0, 0, 0]
        end.append(little: UInt64(place))
        end.append(little: UInt32(1))
    }
}
