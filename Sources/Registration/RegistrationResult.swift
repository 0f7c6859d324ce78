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
    /// From 0 to 1: the share of blocks that agree, less as chance may explain why the best shift
    /// stands out; halved where it does so once in a thousand wrong pairs.
    public let confidence: Double
    /// Whether the pair may be used.
    public let accepted: Bool
    /// Why the pair was refused; `nil` if it was accepted.
    public let reason: String?
    /// The share of HIGH's volume that lies in LOW.
    public let overlapFraction: Double
    /// Pearson's correlation, over the overlap, of LOW with HIGH brought to LOW's resolution.
    public let correlation: Double
    /// The misfit that is left, in micrometres.
    public let residualInMicrometres: Residual
    /// How many times the runner-up's score the best shift scored.
    public let peakRatio: Double
    /// The standard error (z, y, x) of the shift for uncorrelated noise, in micrometres.
    public let standardErrorInMicrometres: SIMD3<Double>
    /// The standard deviation of the Gaussian that, with LOW's voxel, blurs HIGH to LOW's
    /// sharpness, in micrometres.
    public let blurInMicrometres: Double
}
