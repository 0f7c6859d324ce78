/// The order of the bytes in a number.
enum ByteOrder {
    /// Whether this machine stores the most significant byte first.
    static let isBigEndianHost = UInt16(1).bigEndian == 1

    /// Turns the bytes of every number around, in place.
    static func swap(_ bytes: inout [UInt8], elementByteCount: Int) {
        switch elementByteCount {
        case 2: swap(&bytes, as: UInt16.self)
        case 4: swap(&bytes, as: UInt32.self)
        case 8: swap(&bytes, as: UInt64.self)
        default: break
        }
    }

    @inline(__always)
    private static func swap<Word: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: inout [UInt8], as word: Word.Type
    ) {
        unsafe bytes.withUnsafeMutableBytes { buffer in
            let words = unsafe buffer.bindMemory(to: Word.self)
            var span = unsafe MutableSpan(_unsafeElements: words)
            for index in span.indices { span[index] = span[index].byteSwapped }
        }
    }
}
