/// The end of a zip archive, which says where its list of records lies.
struct ZipEnd {
    let recordCount: Int
    let offset: Int
    let byteCount: Int

    /// Looks for it behind the last record, and in the zip64 form where numbers outgrow the old
    /// one.
    init(_ source: ByteSource) throws(WeightFileError) {
        // 22 bytes, and a comment of no more than 65,535 behind them.
        let tailCount = min(source.count, 22 + 65_535)
        let tailStart = source.count - tailCount
        let tail = try source.bytes(at: tailStart, count: tailCount)
        let found = (0..<max(tailCount - 21, 0)).reversed().first { place in
            tail[place...].starts(with: [0x50, 0x4B, 5, 6])
                && place + 22 + Int(tail.little(UInt16.self, at: place + 20)) == tailCount
        }
        guard let found else { throw source.malformed("the archive has no end: it was cut") }
        var records = UInt64(tail.little(UInt16.self, at: found + 10))
        var byteCount = UInt64(tail.little(UInt32.self, at: found + 12))
        var offset = UInt64(tail.little(UInt32.self, at: found + 16))
        var end = tailStart + found
        if records == UInt64(UInt16.max) || byteCount == UInt64(UInt32.max)
            || offset == UInt64(UInt32.max)
        {
            let wide = try ZipEnd.wideEnd(source, before: end)
            records = wide.bytes.little(UInt64.self, at: 32)
            byteCount = wide.bytes.little(UInt64.self, at: 40)
            offset = wide.bytes.little(UInt64.self, at: 48)
            end = wide.place
        }
        guard let recordCount = Int(exactly: records), let byteCount = Int(exactly: byteCount),
            let offset = Int(exactly: offset), offset <= end, byteCount <= end - offset
        else { throw source.malformed("its list of records is not inside the file") }
        self.recordCount = recordCount
        self.offset = offset
        self.byteCount = byteCount
    }

    /// The zip64 end, which a locator of 20 bytes in front of the old end points to.
    private static func wideEnd(
        _ source: ByteSource, before end: Int
    ) throws(WeightFileError) -> (bytes: [UInt8], place: Int) {
        let problem = source.malformed("the end of the archive points nowhere")
        guard end >= 20 else { throw problem }
        let locator = try source.bytes(at: end - 20, count: 20)
        guard locator.starts(with: [0x50, 0x4B, 6, 7]),
            let place = Int(exactly: locator.little(UInt64.self, at: 8)),
            place <= end - 20 - 56
        else { throw problem }
        let bytes = try source.bytes(at: place, count: 56)
        guard bytes.starts(with: [0x50, 0x4B, 6, 6]) else { throw problem }
        return (bytes, place)
    }
}
