public import Volumes

/// Where HIGH lies in LOW, and how far that is to be trusted.
public struct RegistrationResult: Hashable, Sendable, Codable {
    /// What blocks of the overlap, each fitted for itself, say about the remaining misfit.
    public struct Residual: Hashable, Sendable, Codable {
        /// Half of the blocks want to move less than this, in micrometres.
        public let median: Double
        /// 95 of 100 blocks want to move less than this, in micrometres.
        public let p95: Double
    }

    /// Takes a point of HIGH (z, y, x in micrometres from the corner of its first voxel) to LOW.
    public let transform: SpatialTransform
    /// How HIGH was taken to differ from LOW in place.
    public let model: RegistrationOptions.Model
    /// From 0 to 1: the share of blocks that agree, less as chance may explain why the best pose
    /// stands out; halved where it does so once in a thousand wrong pairs.
    public let confidence: Double
    /// Whether the pair may be used.
    public let accepted: Bool
    /// Why the pair was refused; `nil` if it was accepted.
    public let reason: String?
    /// Whether HIGH is a mirror image of what it shows in LOW.
    public let isMirrored: Bool
    /// The share of HIGH's volume that lies in LOW.
    public let overlapFraction: Double
    /// Pearson's correlation, over the overlap, of LOW, less what varies slowly over it, with HIGH
    /// brought to LOW's resolution.
    public let correlation: Double
    /// The misfit that is left, in micrometres.
    public let residualInMicrometres: Residual
    /// How many times the runner-up's score the best pose scored.
    public let peakRatio: Double
    /// The distance, in micrometres of LOW, that the error of the transform stays below at all corners
    /// of HIGH in 95 of 100 registrations.
    public let cornerErrorInMicrometres: Double
    /// The standard error (z, y, x) of where the overlap's middle comes to lie, in micrometres.
    public let standardErrorInMicrometres: SIMD3<Double>
    /// The standard deviation of the Gaussian that, with LOW's voxel, blurs what HIGH shows, less its own
    /// voxel, to LOW's sharpness, in micrometres.
    public let blurInMicrometres: Double
    /// How LOW's grey values follow from HIGH's.
    public let greyValues: GreyValueFit
    /// How blocks of the overlap would each move for themselves.
    public let blocks: [BlockShift]
}
