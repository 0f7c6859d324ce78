public import SystemPackage

/// A reason a workspace cannot be used or written.
public enum WorkspaceError: Error, Equatable, CustomStringConvertible {
    /// Another live process works on it.
    case held(FilePath, by: String)
    /// A file that should be there is not.
    case missing(FilePath)
    /// A file cannot be read.
    case unreadable(FilePath, reason: String)
    /// A file of ours does not say what it should.
    case damaged(FilePath, problem: String)
    /// What a training run left for the catalog does not say what it should.
    case damagedRun(FilePath)
    /// The system refuses to write.
    case cannotWrite(FilePath, reason: String)
    /// The disk or quota is full.
    case noSpace(FilePath)

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .held(let path, let holder):
            "\(path): in use by \(holder); wait for it to end, or stop it"
        case .missing(let path):
            "\(path): no such file or folder; check the path"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); check its permissions"
        case .damaged(let path, let problem):
            "\(path): damaged: \(problem); run the build again to make it anew"
        case .damagedRun(let path):
            "\(path): damaged: not the JSON it should be; train or evaluate the run again, or remove the file"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written (\(reason)); check the folder and its permissions"
        case .noSpace(let path):
            "\(path): no space left on the disk; free some and run the same command again"
        }
    }

    /// The error for a failed system call that meant to write `path`.
    static func writing(_ path: FilePath, _ errno: Errno) -> WorkspaceError {
        switch errno {
        case .noSpace, .diskQuotaExceeded, .fileTooLarge: .noSpace(path)
        default: .cannotWrite(path, reason: errno.description)
        }
    }
}
