/// The order of the bytes in a number.
enum ByteOrder {
    /// Whether this machine stores the most significant byte first.
    static let isBigEndianHost = UInt16(1).bigEndian == 1

    /// Turns the bytes of every number around, in place.
    static func swap(_ bytes: UnsafeMutableRawBufferPointer, elementByteCount: Int) {
        switch elementByteCount {
        case 2: unsafe swap(bytes.bindMemory(to: UInt16.self))
        case 4: unsafe swap(bytes.bindMemory(to: UInt32.self))
        case 8: unsafe swap(bytes.bindMemory(to: UInt64.self))
        default: break
        }
    }

    /// Turns the bytes of every number in an array around.
    static func swap(_ bytes: inout [UInt8], elementByteCount: Int) {
        unsafe bytes.withUnsafeMutableBytes { bytes in
            unsafe swap(bytes, elementByteCount: elementByteCount)
        }
    }

    private static func swap<Word: FixedWidthInteger & BitwiseCopyable>(
        _ words: UnsafeMutableBufferPointer<Word>
    ) {
        var words = unsafe words.mutableSpan
        for index in words.indices { words[index] = words[index].byteSwapped }
    }
}
