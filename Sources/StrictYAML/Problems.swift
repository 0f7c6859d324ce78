/// Something wrong at one place of a file.
public struct YAMLProblem: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// What is wrong, and what would be right.
    public let message: String

    /// `line:column: message`.
    public var description: String { "\(line):\(column): \(message)" }
}

/// Gathers what is wrong with a file while it is read on.
public final class Problems {
    /// Every problem so far, as found.
    public private(set) var all: [YAMLProblem] = []

    /// No problem yet.
    public init() {}

    /// Notes something wrong at a node.
    public func add(_ node: YAMLNode?, _ message: String) {
        let mark = node?.mark
        add(line: mark?.line ?? 1, column: mark?.column ?? 1, message)
    }

    /// Notes something wrong at a place.
    public func add(line: Int, column: Int, _ message: String) {
        // A file of nonsense need not be answered with a longer one.
        guard all.count < 50 else { return }
        all.append(YAMLProblem(line: line, column: column, message: message))
    }

    /// In the order of the file.
    public var sorted: [YAMLProblem] {
        all.sorted { ($0.line, $0.column, $0.message) < ($1.line, $1.column, $1.message) }
    }
}
