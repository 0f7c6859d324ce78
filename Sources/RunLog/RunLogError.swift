public import SystemPackage

/// A reason what a run tells cannot be kept or read.
public enum RunLogError: Error, Equatable, CustomStringConvertible {
    /// A file cannot be read.
    case unreadable(FilePath, reason: String)
    /// A file cannot be written.
    case cannotWrite(FilePath, reason: String)
    /// A line of metrics says nothing that can be read.
    case damaged(FilePath, line: Int)
    /// The metrics of a run end before the checkpoint that it goes on from.
    case endsEarly(FilePath, last: Int, checkpoint: Int)

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); check its permissions"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written (\(reason)); check the folder, its permissions and the space left"
        case .damaged(let path, let line):
            "\(path):\(line): no line of metrics; remove the line, or start the run anew"
        case .endsEarly(let path, let last, let checkpoint):
            "\(path): ends at step \(last), before the checkpoint of step \(checkpoint); take an older checkpoint, or start the run anew"
        }
    }
}
