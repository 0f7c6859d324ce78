public import StrictYAML
public import SystemPackage

/// A reason a recipe cannot be used.
public enum RecipeError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case missing(FilePath)
    /// The file cannot be read, or is no recipe by its size or kind.
    case unreadable(FilePath, reason: String)
    /// The text breaks the rules, in these places.
    case invalid(FilePath, [YAMLProblem])

    /// One line for each problem: where, what, and what to do.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such recipe; check the path, or take one of manifests/training"
        case .unreadable(let path, let reason):
            "\(path): cannot be read as a recipe: \(reason)"
        case .invalid(let path, let problems):
            problems.map { "\(path):\($0)" }.joined(separator: "\n")
        }
    }

    /// The same about the recipe at `path`.
    init(_ error: YAMLFileError, _ path: FilePath) {
        self =
            switch error {
            case .missing: .missing(path)
            case .unreadable(let reason): .unreadable(path, reason: reason)
            case .invalid(let problems): .invalid(path, problems)
            }
    }
}
