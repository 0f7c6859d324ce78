public import SystemPackage

/// A reason a manifest cannot be used.
public enum ManifestError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case missing(FilePath)
    /// The file cannot be read, or is no manifest by its size or kind.
    case unreadable(FilePath, reason: String)
    /// The text breaks the rules, in these places.
    case invalid(FilePath, [ManifestProblem])

    /// One line for each problem: where, what, and what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such manifest; check the path"
        case .unreadable(let path, let reason):
            "\(path): cannot be read as a manifest: \(reason)"
        case .invalid(let path, let problems):
            problems.map { "\(path):\($0)" }.joined(separator: "\n")
        }
    }
}

/// Something wrong at one place of a manifest.
public struct ManifestProblem: Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    public let line: Int
    /// The column, from 1.
    public let column: Int
    /// What is wrong, and what would be right.
    public let message: String

    /// `line:column: message`.
    public var description: String { "\(line):\(column): \(message)" }
}
