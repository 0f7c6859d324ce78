/// A reason the report or one of its pictures cannot be made.
public enum ReportError: Error, Equatable, CustomStringConvertible {
    /// A picture could not be encoded as PNG.
    case cannotEncode(width: Int, height: Int, reason: String)
    /// Bytes given as a PNG picture are not one.
    case notPNG(caption: String)
    /// The page's own template does not parse.
    case brokenTemplate(reason: String)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .cannotEncode(let width, let height, let reason):
            """
            A picture of \(width) x \(height) pixels cannot be written as PNG (\(reason)); free some \
            memory and make the report again.
            """
        case .notPNG(let caption):
            """
            The picture "\(caption)" is not a PNG file; delete OUT/report and make the report again.
            """
        case .brokenTemplate(let reason):
            "The template of the report does not parse (\(reason)); this is a bug of tomopair."
        }
    }
}
