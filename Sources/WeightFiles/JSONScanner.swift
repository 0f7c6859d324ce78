import SystemPackage

/// Walks over JSON text, building nothing but what it is asked for, so that a hostile header costs
/// no more memory than its own length; duplicate keys and their order are seen by the caller.
struct JSONScanner {
    private let bytes: [UInt8]
    private let path: FilePath
    private var position = 0
    /// How deep the values that are passed over may nest.
    private static let depthLimit = 64

    init(_ bytes: [UInt8], path: FilePath) {
        self.bytes = bytes
        self.path = path
    }

    /// Reads an object; `body` reads the value of every key.
    mutating func object(
        _ body: (inout JSONScanner, String) throws(WeightFileError) -> Void
    ) throws(WeightFileError) {
        try expect("{")
        if accept("}") { return }
        repeat {
            let key = try string()
            try expect(":")
            try body(&self, key)
        } while accept(",")
        try expect("}")
    }

    /// Reads an array; `body` reads every value.
    mutating func array(
        _ body: (inout JSONScanner) throws(WeightFileError) -> Void
    ) throws(WeightFileError) {
        try expect("[")
        if accept("]") { return }
        repeat { try body(&self) } while accept(",")
        try expect("]")
    }

    /// Reads an array of whole numbers of zero or more, at most `limit` of them.
    mutating func wholeNumbers(limit: Int) throws(WeightFileError) -> [Int] {
        var numbers: [Int] = []
        try array { scanner throws(WeightFileError) in
            guard numbers.count < limit else {
                throw scanner.malformed("a list of more than \(limit) numbers")
            }
            numbers.append(try scanner.wholeNumber())
        }
        return numbers
    }

    /// Reads a whole number of zero or more.
    mutating func wholeNumber() throws(WeightFileError) -> Int {
        skipSpace()
        let start = position
        while let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
            position += 1
        }
        let digits = bytes[start..<position]
        guard !digits.isEmpty, digits.count == 1 || digits.first != UInt8(ascii: "0"),
            let number = Int(String(decoding: digits, as: UTF8.self)),
            next.map({ !".eE".utf8.contains($0) }) ?? true
        else { throw malformed("a whole number of zero or more is missing") }
        return number
    }

    /// Reads a string.
    mutating func string() throws(WeightFileError) -> String {
        try expect("\"")
        var text: [UInt8] = []
        while true {
            guard let byte = next else { throw malformed("a string has no end") }
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else {
                    throw malformed("a string is not UTF-8")
                }
                return string
            case UInt8(ascii: "\\"): text += try escaped().utf8
            case 0x00..<0x20: throw malformed("a string holds a control character")
            default: text.append(byte)
            }
        }
    }

    /// Passes over any value.
    mutating func skip() throws(WeightFileError) { try skip(depth: 0) }

    /// Reads `null`, if that is what comes.
    mutating func acceptNull() -> Bool {
        skipSpace()
        guard bytes[position...].starts(with: "null".utf8) else { return false }
        position += 4
        return true
    }

    /// Makes sure that nothing but spaces is left.
    mutating func end() throws(WeightFileError) {
        skipSpace()
        guard position == bytes.count else { throw malformed("something follows the end") }
    }

    private mutating func skip(depth: Int) throws(WeightFileError) {
        guard depth < JSONScanner.depthLimit else { throw malformed("it nests too deeply") }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"):
            try object { scanner, _ throws(WeightFileError) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["):
            try array { scanner throws(WeightFileError) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default:
            let start = position
            while let byte = next, JSONScanner.isPartOfWord(byte) { position += 1 }
            let word = String(decoding: bytes[start..<position], as: UTF8.self)
            guard ["true", "false", "null"].contains(word) || Double(word)?.isFinite == true else {
                throw malformed("no value")
            }
        }
    }

    private static func isPartOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
            true
        default: false
        }
    }

    private mutating func escaped() throws(WeightFileError) -> String {
        guard let byte = next else { throw malformed("a string has no end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"):
            return String(UnicodeScalar(byte))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            var unit = try codeUnit()
            if unit & 0xFC00 == 0xD800 {
                guard bytes[position...].starts(with: "\\u".utf8) else { break }
                position += 2
                let low = try codeUnit()
                guard low & 0xFC00 == 0xDC00 else { break }
                unit = 0x10000 + (unit & 0x3FF) << 10 + low & 0x3FF
            }
            guard let scalar = UnicodeScalar(unit) else { break }
            return String(scalar)
        default: break
        }
        throw malformed("a string holds an escape that means nothing")
    }

    private mutating func codeUnit() throws(WeightFileError) -> UInt32 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(UnicodeScalar($0)).isHexDigit }),
            let unit = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw malformed("a string holds an escape that means nothing") }
        position += 4
        return unit
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(WeightFileError) {
        guard accept(character) else { throw malformed("\(character) is missing") }
    }

    private func malformed(_ problem: String) -> WeightFileError {
        .malformed(path, problem: "its header, at byte \(position) of the JSON: \(problem)")
    }
}
