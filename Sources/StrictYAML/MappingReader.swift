import Dataset
import Foundation

/// One mapping of a file, read key by key; a key nobody asked for is a problem.
public struct MappingReader {
    /// The mapping.
    public let node: YAMLNode
    /// What it is, for messages, as in `'split'`.
    public let place: String
    /// Where problems are noted.
    public let problems: Problems
    private let entries: [String: (key: YAMLNode, value: YAMLNode)]

    /// Takes the mapping at `node`, whose keys are among `keys`; `nil`, with a problem noted, for a
    /// node that is none.
    public init?(_ node: YAMLNode, _ place: String, keys: [String], problems: Problems) {
        guard case .mapping(let mapping) = node else {
            problems.add(node, "\(place) is a list of keys and values, as in '\(keys[0]): …'")
            return nil
        }
        var entries: [String: (key: YAMLNode, value: YAMLNode)] = [:]
        for (key, value) in mapping {
            guard case .scalar(let scalar) = key else {
                problems.add(key, "a key of \(place) is a word; keys are \(listed(keys))")
                continue
            }
            guard keys.contains(scalar.string) else {
                let advice =
                    nearestName(to: scalar.string, among: keys).map { "did you mean '\($0)'?" }
                    ?? "keys are \(listed(keys))"
                problems.add(key, "\(place) has no key \(quoted(scalar.string)); \(advice)")
                continue
            }
            entries[scalar.string] = (key, value)
        }
        self.node = node
        self.place = place
        self.problems = problems
        self.entries = entries
    }

    /// The value of a key, if it is there.
    public subscript(_ key: String) -> YAMLNode? { entries[key]?.value }

    /// The value of a key that must be there.
    public func required(_ key: String, as example: String) -> YAMLNode? {
        if let value = self[key] { return value }
        problems.add(node, "\(place) needs '\(key)', as in '\(key): \(example)'")
        return nil
    }

    /// Notes a problem at a key's value.
    public func complain(_ key: String, _ message: String) {
        problems.add(self[key] ?? node, message)
    }

    /// A text of 1 to `limit` characters without control characters.
    public func text(_ key: String, limit: Int = 200) -> String? {
        guard let value = self[key] else { return nil }
        guard case .scalar(let scalar) = value, !isNull(scalar) else {
            problems.add(value, "'\(key)' is a text")
            return nil
        }
        let text = scalar.string.precomposedStringWithCanonicalMapping
        guard !text.isEmpty, text.count <= limit, text.utf8.count <= limit * 4,
            text.unicodeScalars.allSatisfy({
                ![.control, .lineSeparator, .paragraphSeparator].contains(
                    $0.properties.generalCategory)
            })
        else {
            problems.add(
                value, "'\(key)' is one line of 1 to \(limit) characters; \(quoted(text)) is not")
            return nil
        }
        return text
    }

    /// A finite number in a range.
    public func number(_ key: String, in range: ClosedRange<Double>) -> Double? {
        self[key].flatMap { value in
            readNumber(value, problems, "'\(key)' is a number from \(shown(range))", in: range)
        }
    }

    /// A whole number in a range.
    public func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
        self[key].flatMap { value in
            readInteger(value, problems, "'\(key)' is a whole number", in: range)
        }
    }

    /// `true` or `false`, also written as `yes` or `no`.
    public func flag(_ key: String) -> Bool? {
        guard let value = self[key] else { return nil }
        let words = ["true": true, "yes": true, "false": false, "no": false]
        guard case .scalar(let scalar) = value, scalar.isPlain,
            let flag = words[scalar.string]
        else {
            problems.add(value, "'\(key)' is true or false\(nearest(value, words.keys.sorted()))")
            return nil
        }
        return flag
    }

    /// One of the words of an enumeration.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, _ type: Choice.Type
    ) -> Choice? {
        guard let value = self[key] else { return nil }
        let words = Choice.allCases.map(\.rawValue)
        guard case .scalar(let scalar) = value, let choice = Choice(rawValue: scalar.string) else {
            problems.add(value, "'\(key)' is \(listed(words, last: "or"))\(nearest(value, words))")
            return nil
        }
        return choice
    }
}

/// `; did you mean 'word'?` for a scalar like one of `words`.
public func nearest(_ node: YAMLNode, _ words: [String]) -> String {
    guard case .scalar(let scalar) = node, let word = nearestName(to: scalar.string, among: words)
    else { return "" }
    return "; did you mean '\(word)'?"
}

/// `a, b and c`.
public func listed(_ words: [String], last: String = "and") -> String {
    words.count < 2
        ? words.joined()
        : words.dropLast().joined(separator: ", ") + " \(last) " + words[words.count - 1]
}

/// `lower to upper`, whole bounds without a fraction.
private func shown(_ range: ClosedRange<Double>) -> String {
    "\(shown(range.lowerBound)) to \(shown(range.upperBound))"
}

private func shown(_ bound: Double) -> String {
    Int(exactly: bound).map(String.init) ?? "\(bound)"
}

/// Whether a scalar is YAML's nothing.
public func isNull(_ scalar: YAMLNode.Scalar) -> Bool {
    scalar.isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
}

/// A finite number written in decimal digits; no hexadecimal, `nan` or `inf`.
public func decimal(_ text: some StringProtocol) -> Double? {
    guard (1...40).contains(text.utf8.count),
        text.utf8.allSatisfy({ "0123456789+-.eE".utf8.contains($0) }),
        let value = Double(text), value.isFinite
    else { return nil }
    return value
}

/// A finite number in a range; `what` says which.
public func readNumber(
    _ node: YAMLNode, _ problems: Problems, _ what: String, in range: ClosedRange<Double>
) -> Double? {
    guard case .scalar(let scalar) = node, scalar.isPlain,
        let value = decimal(scalar.string), range.contains(value)
    else {
        problems.add(node, "\(what)\(butIs(node))")
        return nil
    }
    return value
}

/// A whole number in a range; `what` says which.
public func readInteger(
    _ node: YAMLNode, _ problems: Problems, _ what: String, in range: ClosedRange<Int>
) -> Int? {
    guard case .scalar(let scalar) = node, scalar.isPlain,
        scalar.string.utf8.count <= 20, let value = Int(scalar.string), range.contains(value)
    else {
        problems.add(node, "\(what) from \(range.lowerBound) to \(range.upperBound)\(butIs(node))")
        return nil
    }
    return value
}

/// `; 'text' is not` for a scalar.
public func butIs(_ node: YAMLNode) -> String {
    guard case .scalar(let scalar) = node else { return "" }
    return isNull(scalar) ? "; there is nothing" : "; \(quoted(scalar.string)) is not"
}
