public import Volumes

/// How the HIGH scan lies in the LOW scan, and how far that is to be trusted.
public struct RegistrationRecord: Codable, Hashable, Sendable {
    /// How it was found: `matched`, `given` by the manifest, or `simulated`.
    public let method: String
    /// Takes a point of the HIGH scan to the LOW scan, in micrometres.
    public let transform: SpatialTransform
    /// From 0, a guess, to 1, certain.
    public let confidence: Double
    /// Whether pairs may be cut from it.
    public let accepted: Bool
    /// Why not, if not accepted.
    public let reason: String?
    /// The part of the HIGH scan that lies in the LOW scan, 0...1.
    public let overlapFraction: Double?
    /// The correlation of the grey values where they overlap, -1...1.
    public let correlation: Double?
    /// The median distance that control blocks disagree by, in micrometres.
    public let residualMedianInMicrometres: Double?
    /// Its 95th percentile, in micrometres.
    public let residualP95InMicrometres: Double?

    /// Gathers the facts.
    public init(
        method: String, transform: SpatialTransform, confidence: Double, accepted: Bool,
        reason: String? = nil, overlapFraction: Double? = nil, correlation: Double? = nil,
        residualMedianInMicrometres: Double? = nil, residualP95InMicrometres: Double? = nil
    ) {
        self.method = method
        self.transform = transform
        self.confidence = confidence
        self.accepted = accepted
        self.reason = reason
        self.overlapFraction = overlapFraction
        self.correlation = correlation
        self.residualMedianInMicrometres = residualMedianInMicrometres
        self.residualP95InMicrometres = residualP95InMicrometres
    }
}
