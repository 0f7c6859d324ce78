/// Bytes of a source taken one after another, read ahead by pieces.
struct ByteCursor {
    private let source: ByteSource
    private var buffer: [UInt8] = []
    /// Where the buffer begins in the source.
    private var start: Int
    private var index = 0
    private let end: Int
    private static let pieceCount = 1 << 16

    init(_ source: ByteSource, from start: Int = 0) {
        self.source = source
        self.start = start
        end = source.count
    }

    /// Where the next byte stands.
    var position: Int { start + index }

    /// Bytes that are left.
    var remaining: Int { end - position }

    /// The next byte.
    mutating func byte() throws(WeightFileError) -> UInt8 {
        if index == buffer.count {
            start += buffer.count
            index = 0
            let count = min(ByteCursor.pieceCount, end - start)
            guard count > 0 else { throw source.malformed("it ends too early") }
            buffer = try source.bytes(at: start, count: count)
        }
        index += 1
        return buffer[index - 1]
    }

    /// The next `count` bytes.
    mutating func bytes(_ count: Int) throws(WeightFileError) -> [UInt8] {
        guard count >= 0, count <= remaining else { throw source.malformed("it ends too early") }
        let bytes: [UInt8]
        if count <= buffer.count - index {
            bytes = Array(buffer[index..<(index + count)])
            index += count
        } else {
            bytes = try source.bytes(at: position, count: count)
            start = position + count
            buffer = []
            index = 0
        }
        return bytes
    }

    /// Passes over `count` bytes, which are there.
    mutating func skip(_ count: Int) {
        precondition(count <= remaining, "what is passed over is there")
        start = position + count
        buffer = []
        index = 0
    }

    /// The next whole number, little endian.
    mutating func little<Word: FixedWidthInteger>(
        _ type: Word.Type
    ) throws(WeightFileError) -> Word {
        try bytes(Word.bitWidth / 8).little(type, at: 0)
    }

    /// A length of eight bytes; one that no file could have is an error.
    mutating func length() throws(WeightFileError) -> Int {
        guard let length = Int(exactly: try little(UInt64.self)), length <= remaining else {
            throw source.malformed("it ends too early")
        }
        return length
    }

    /// Text up to the end of a line, of at most 256 bytes.
    mutating func line() throws(WeightFileError) -> String {
        var text: [UInt8] = []
        while true {
            let byte = try byte()
            if byte == UInt8(ascii: "\n") { break }
            text.append(byte)
            guard text.count <= 256 else {
                throw source.malformed("a name in its pickle is too long")
            }
        }
        return try string(text)
    }

    /// Text of `count` bytes.
    mutating func text(_ count: Int) throws(WeightFileError) -> String { try string(bytes(count)) }

    private func string(_ bytes: [UInt8]) throws(WeightFileError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw source.malformed("text in its pickle is not UTF-8")
        }
        return text
    }
}
