public import SystemPackage

/// A reason a file of weights cannot be read, written or adapted.
public enum WeightFileError: Error, Equatable, CustomStringConvertible {
    /// There is no such file.
    case missing(FilePath)
    /// The system refuses to read it.
    case unreadable(FilePath, reason: String)
    /// It breaks the rules of its format, or ends too early.
    case malformed(FilePath, problem: String)
    /// It keeps the rules, but holds what is not read here.
    case refused(FilePath, problem: String, advice: String)
    /// The system, or what the format can hold, stands against writing it.
    case cannotWrite(FilePath, reason: String)
    /// The disk or quota is full.
    case noSpace(FilePath)
    /// The weights are not those of the network that an adapter is for.
    case unfit(problem: String)

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file; check the path"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); check its permissions"
        case .malformed(let path, let problem):
            "\(path): damaged: \(problem); fetch or save it again"
        case .refused(let path, let problem, let advice):
            "\(path): not read: \(problem); \(advice)"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written (\(reason)); check the folder and its permissions"
        case .noSpace(let path):
            "\(path): no space left on the disk; free some and run the same command again"
        case .unfit(let problem):
            "these weights do not fit: \(problem); give the file of the network that was asked for"
        }
    }
}

extension String {
    /// A name out of a file as an error may show it: quoted, control characters escaped, and cut.
    var shown: String {
        count <= 80 ? debugDescription : String(prefix(77)).debugDescription + "…"
    }
}

extension WeightFileError {
    /// The error for a failed system call that meant to write `path`.
    static func writing(_ path: FilePath, _ error: any Error) -> WeightFileError {
        switch error as? Errno {
        case .noSpace, .diskQuotaExceeded, .fileTooLarge: .noSpace(path)
        default: .cannotWrite(path, reason: "\(error)")
        }
    }
}
