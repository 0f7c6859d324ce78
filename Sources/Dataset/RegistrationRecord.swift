public import Volumes

/// How the HIGH scan lies in the LOW scan, and how far that is to be trusted.
public struct RegistrationRecord: Codable, Hashable, Sendable {
    /// How it was found, in words.
    public let method: String
    /// Takes a point of the HIGH scan to the LOW scan, in micrometres.
    public let transform: SpatialTransform
    /// From 0, a guess, to 1, certain.
    public let confidence: Double
    /// Whether pairs may be cut from it.
    public let accepted: Bool
    /// Why not, if not accepted.
    public let reason: String?
    /// How HIGH was taken to differ from LOW in place: `shift`, `similarity` or `affine`.
    public let model: String?
    /// Whether the HIGH scan is stored as a mirror image.
    public let isMirrored: Bool?
    /// The part of the HIGH scan that lies in the LOW scan, 0...1.
    public let overlapFraction: Double?
    /// The correlation of the grey values where they overlap, -1...1.
    public let correlation: Double?
    /// The median distance that control blocks disagree by, in micrometres.
    public let residualMedianInMicrometres: Double?
    /// Its 95th percentile, in micrometres.
    public let residualP95InMicrometres: Double?
    /// What the error at the corners of the HIGH scan stays below in 95 of 100 registrations, in
    /// micrometres; `nil` where the transform was known.
    public let cornerErrorInMicrometres: Double?
    /// The standard deviation of the blur that the LOW scan has beside its voxel, in micrometres.
    public let blurInMicrometres: Double?
    /// How many times the runner-up's score the transform scored.
    public let peakRatio: Double?
    /// The length that a proven drift stays below in 95 of 100 blocks, in micrometres; `nil` if none is
    /// proven.
    public let driftP95InMicrometres: Double?
    /// Whether the pair was made without that drift.
    public let isDriftCorrected: Bool
    /// How far blocks of the overlap would still have to move.
    public let blocks: [RegistrationBlockRecord]

    /// Gathers the facts.
    public init(
        method: String, transform: SpatialTransform, confidence: Double, accepted: Bool,
        reason: String? = nil, model: String? = nil, isMirrored: Bool? = nil,
        overlapFraction: Double? = nil, correlation: Double? = nil,
        residualMedianInMicrometres: Double? = nil, residualP95InMicrometres: Double? = nil,
        cornerErrorInMicrometres: Double? = nil, blurInMicrometres: Double? = nil,
        peakRatio: Double? = nil, driftP95InMicrometres: Double? = nil,
        isDriftCorrected: Bool = false, blocks: [RegistrationBlockRecord] = []
    ) {
        self.method = method
        self.transform = transform
        self.confidence = confidence
        self.accepted = accepted
        self.reason = reason
        self.model = model
        self.isMirrored = isMirrored
        self.overlapFraction = overlapFraction
        self.correlation = correlation
        self.residualMedianInMicrometres = residualMedianInMicrometres
        self.residualP95InMicrometres = residualP95InMicrometres
        self.cornerErrorInMicrometres = cornerErrorInMicrometres
        self.blurInMicrometres = blurInMicrometres
        self.peakRatio = peakRatio
        self.driftP95InMicrometres = driftP95InMicrometres
        self.isDriftCorrected = isDriftCorrected
        self.blocks = blocks
    }
}
