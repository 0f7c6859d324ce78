/// Finds the runs of true voxels in one row of a mask, 64 voxels at a time.
struct RowScanner {
    /// The first column of the 64 that `changes` is about.
    private var base = -64
    /// One bit for every voxel that differs from the one before it and has not been looked at.
    private var changes: UInt64 = 0
    /// The last voxel read, as a bit.
    private var last: UInt64 = 0

    /// The next run of true voxels in `row`, which is the same at every call.
    @inline(__always)
    mutating func next(in row: Span<Bool>) -> Range<Int>? {
        guard let start = nextChange(in: row) else { return nil }
        return start..<(nextChange(in: row) ?? row.count)
    }

    @inline(__always)
    private mutating func nextChange(in row: Span<Bool>) -> Int? {
        while changes == 0 {
            base += 64
            if base >= row.count { return nil }
            let word = RowScanner.word(of: row, at: base)
            changes = word ^ (word << 1 | last)
            last = word >> 63
        }
        let place = changes.trailingZeroBitCount
        changes &= changes - 1
        return base + place
    }

    /// The voxels from `column` as bits, the first the lowest; false beyond the row's end.
    @inline(__always)
    private static func word(of row: Span<Bool>, at column: Int) -> UInt64 {
        var word: UInt64 = 0
        let bytes = unsafe row.bytes
        if column + 64 <= row.count {
            for group in 0..<8 {
                // A true voxel is a byte of 1: the product gathers eight of them in its top byte.
                let voxels = unsafe bytes.unsafeLoadUnaligned(
                    fromByteOffset: column + 8 * group, as: UInt64.self)
                if voxels == 0 { continue }
                word |= ((voxels &* 0x0102_0408_1020_4080) >> 56) << UInt64(8 * group)
            }
        } else {
            for place in 0..<(row.count - column) where row[column + place] {
                word |= 1 << UInt64(place)
            }
        }
        return word
    }
}
