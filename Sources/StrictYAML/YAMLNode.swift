import Yams

/// A piece of a YAML document with its place in the text. Anchors, aliases and tags have been refused.
public enum YAMLNode: Sendable {
    /// A word, number or text.
    case scalar(Scalar)
    /// A list.
    case sequence(Sequence)
    /// Keys with their values.
    case mapping(Mapping)

    /// A place in the text.
    public struct Mark: Hashable, Sendable {
        /// The line, from 1.
        public let line: Int
        /// The column, from 1.
        public let column: Int
    }

    /// A word, number or text.
    public struct Scalar: Sendable {
        /// The text, without quotes.
        public let string: String
        /// Whether it stands without quotes, and so may be a number.
        public let isPlain: Bool
        /// Where it begins.
        public let mark: Mark?
    }

    /// The elements of a list, in order.
    public struct Sequence: RandomAccessCollection, Sendable {
        let elements: [YAMLNode]
        /// Where it begins.
        public let mark: Mark?
        /// The first element.
        public var startIndex: Int { 0 }
        /// Past the last element.
        public var endIndex: Int { elements.count }
        /// One element.
        public subscript(index: Int) -> YAMLNode { elements[index] }
    }

    /// Keys with their values, in order.
    public struct Mapping: RandomAccessCollection, Sendable {
        let entries: [(key: YAMLNode, value: YAMLNode)]
        /// Where it begins.
        public let mark: Mark?
        /// The first key.
        public var startIndex: Int { 0 }
        /// Past the last key.
        public var endIndex: Int { entries.count }
        /// A key with its value.
        public subscript(index: Int) -> (key: YAMLNode, value: YAMLNode) { entries[index] }
    }

    /// Where it begins.
    public var mark: Mark? {
        switch self {
        case .scalar(let scalar): scalar.mark
        case .sequence(let sequence): sequence.mark
        case .mapping(let mapping): mapping.mark
        }
    }

    /// The word, number or text, if it is one.
    public var scalar: Scalar? {
        if case .scalar(let scalar) = self { scalar } else { nil }
    }

    /// What the parser made; `nil` for an alias, of which there is none in what we take.
    init?(_ node: Node) {
        let mark = node.mark.map { Mark(line: $0.line, column: $0.column) }
        switch node {
        case .scalar(let scalar):
            self = .scalar(
                Scalar(string: scalar.string, isPlain: scalar.style == .plain, mark: mark))
        case .sequence(let sequence):
            self = .sequence(Sequence(elements: sequence.compactMap(YAMLNode.init), mark: mark))
        case .mapping(let mapping):
            self = .mapping(
                Mapping(
                    entries: mapping.compactMap { key, value in
                        guard let key = YAMLNode(key), let value = YAMLNode(value) else {
                            return nil
                        }
                        return (key, value)
                    }, mark: mark))
        case .alias: return nil
        }
    }
}
