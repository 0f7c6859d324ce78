public import Volumes

/// Where HIGH roughly lies in LOW, when that is known beforehand.
public struct InitialAlignment: Hashable, Sendable {
    /// The shift that takes a point of HIGH to LOW.
    public let transform: SpatialTransform
    /// How far from it, along each axis, the truth may lie, in micrometres.
    public let uncertaintyInMicrometres: Double

    /// A shift known to within `uncertaintyInMicrometres`, a positive length.
    public init(transform: SpatialTransform, uncertaintyInMicrometres: Double) {
        precondition(uncertaintyInMicrometres > 0, "an uncertainty is a positive length")
        self.transform = transform
        self.uncertaintyInMicrometres = uncertaintyInMicrometres
    }
}

/// What a registration may be told.
public struct RegistrationOptions: Hashable, Sendable {
    /// How HIGH may differ from LOW in place.
    public enum Model: String, Hashable, Sendable, Codable, CaseIterable {
        /// By a shift alone.
        case shift
        /// By a rotation, a scale and a shift.
        case similarity
        /// By any linear map and a shift.
        case affine
    }

    /// Where to search; everywhere if `nil`.
    public let initialAlignment: InitialAlignment?
    /// The share of the smaller scan that must lie in the other for a pair to be accepted, `0...1`.
    public let minimumOverlap: Double

    /// Searches everywhere, unless told where, and accepts pairs that share a quarter of the
    /// smaller scan.
    public init(initialAlignment: InitialAlignment? = nil, minimumOverlap: Double = 0.25) {
        precondition((0...1).contains(minimumOverlap), "an overlap is a share between 0 and 1")
        self.initialAlignment = initialAlignment
        self.minimumOverlap = minimumOverlap
    }
}
