public import Volumes

/// A parameter or curve that a sample does not have, though it was looked for.
public struct ParameterGapRecord: Codable, Hashable, Sendable {
    /// Its name.
    public let name: String
    /// The direction, where it has one.
    public let axis: Axis?
    /// Why there is none, in a sentence.
    public let reason: String

    /// A gap and its reason.
    public init(name: String, axis: Axis? = nil, reason: String) {
        self.name = name
        self.axis = axis
        self.reason = reason
    }
}
