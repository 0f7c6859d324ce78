/// What a sample is used for; all of a sample goes to one part.
public enum SplitPart: String, Codable, Sendable, CaseIterable {
    /// To fit the network.
    case train
    /// To choose among networks while training.
    case validation
    /// To judge the chosen network, once.
    case test
}

/// The part a sample belongs to, and why, as the catalog holds it.
public struct SplitRecord: Codable, Hashable, Sendable {
    /// The part.
    public let part: SplitPart
    /// Why, in words, as in `pinned in the manifest`.
    public let reason: String

    /// A part with its reason.
    public init(_ part: SplitPart, reason: String) {
        self.part = part
        self.reason = reason
    }
}
