/// Reading what text headers say, without trusting it.
enum HeaderText {
    /// Headers are far shorter; lists of slices are what makes them long.
    static let greatestByteCount = 8 << 20

    /// The text of a header, as UTF-8 or, where it is not that, Latin-1.
    static func decode(_ bytes: some Collection<UInt8>) -> String {
        String(validating: bytes, as: UTF8.self)
            ?? String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
    }

    /// The lines of a header in bytes, each with the offset where the next one begins.
    static func lines(_ bytes: [UInt8]) -> some Sequence<(text: String, end: Int)> {
        sequence(state: 0) { (position: inout Int) -> (text: String, end: Int)? in
            guard position < bytes.count else { return nil }
            var end = position
            while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
            var textEnd = end
            if textEnd > position, bytes[textEnd - 1] == UInt8(ascii: "\r") { textEnd -= 1 }
            let text = decode(bytes[position..<textEnd])
            position = min(end + 1, bytes.count)
            return (text, position)
        }
    }

    /// The text without white space at its ends.
    static func trim(_ text: some StringProtocol) -> String {
        var rest = text[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }

    /// The words between white space.
    static func words(_ text: some StringProtocol) -> [String] {
        text.split(whereSeparator: \.isWhitespace).map { String($0) }
    }

    /// A list of whole numbers, all of it; `nil` where one word is not.
    static func integers(_ text: String) -> [Int]? {
        let words = words(text)
        let numbers = words.compactMap { Int($0) }
        return numbers.count == words.count ? numbers : nil
    }

    /// A list of numbers, all of it; `nil` where one word is not. NaN is a number here.
    static func numbers(_ text: String) -> [Double]? {
        let words = words(text)
        let numbers = words.compactMap { Double($0) }
        return numbers.count == words.count ? numbers : nil
    }
}

/// A numbered run of file names, as in `slice%04d.raw 0 99 1`.
struct NumberedNames {
    /// The names in slice order; `nil` unless the pattern has one plain `%d` and the numbers run.
    static func expand(
        _ pattern: String, from first: Int, through last: Int, by step: Int, count: Int
    ) -> [String]? {
        let (span, overflow) = last.subtractingReportingOverflow(first)
        guard !overflow, step != 0, step != .min, span != .min,
            span == 0 || (span > 0) == (step > 0), span / step == count - 1, count <= 1_000_000,
            let match = pattern.wholeMatch(of: /([^%]*)%(0?)([0-9]?[0-9]?)d([^%]*)/)
        else { return nil }
        let width = Int(match.3) ?? 0
        return (0..<count).map { index in
            let number = String(first + index * step)
            let padding = String(
                repeating: match.2.isEmpty ? " " : "0", count: max(width - number.count, 0))
            return match.1 + padding + number + match.4
        }
    }
}
