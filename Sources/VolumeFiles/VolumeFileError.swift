public import SystemPackage

/// A reason a scan cannot be read or written.
public enum VolumeFileError: Error, Equatable, CustomStringConvertible {
    /// There is nothing at the path.
    case missing(FilePath)
    /// The system refuses to open or read the file.
    case unreadable(FilePath, reason: String)
    /// The file breaks the rules of its own format: cut, corrupted or hostile.
    case malformed(FilePath, problem: String)
    /// The file is sound but holds something tomopair does not take.
    case unsupported(FilePath, problem: String, advice: String)
    /// Several things in the file fit; one has to be named.
    case ambiguous(FilePath, choices: [String], advice: String)
    /// The file refers to another outside the folder it may refer to.
    case outsideRoot(FilePath, reference: String)
    /// The system refuses to write.
    case cannotWrite(FilePath, reason: String)
    /// The disk or quota is full.
    case noSpace(FilePath)

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no such file or folder; check the path"
        case .unreadable(let path, let reason):
            "\(path): cannot be read (\(reason)); check its permissions"
        case .malformed(let path, let problem):
            "\(path): broken file: \(problem); copy or export it again"
        case .unsupported(let path, let problem, let advice):
            "\(path): \(problem); \(advice)"
        case .ambiguous(let path, let choices, let advice):
            "\(path): several choices (\(choices.joined(separator: ", "))); \(advice)"
        case .outsideRoot(let path, let reference):
            "\(path): refers to \(reference), outside its own folder; move the file inside"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be written (\(reason)); check the folder and its permissions"
        case .noSpace(let path):
            "\(path): no space left on the disk; free some and run the same command again"
        }
    }
}
