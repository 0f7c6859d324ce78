/// A reason pairs cannot be degraded or fitted.
public enum DegradationError: Error, Equatable, CustomStringConvertible {
    /// The pairs tell nothing about the scanner.
    case nothingToFit(reason: String)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .nothingToFit(let reason):
            """
            no degradation can be fitted to these pairs: \(reason). The tomography profile needs no \
            pairs
            """
        }
    }
}
