public import Volumes

/// Where HIGH roughly lies in LOW, when that is known beforehand.
public struct InitialAlignment: Hashable, Sendable {
    /// Takes a point of HIGH to LOW; it may turn, scale and mirror.
    public let transform: SpatialTransform
    /// How far from it, along each axis, the middle of HIGH may lie, in micrometres.
    public let uncertaintyInMicrometres: Double
    /// How far HIGH may be turned against it, in degrees.
    public let uncertaintyInDegrees: Double

    /// A pose known to within `uncertaintyInMicrometres`, a positive length, and
    /// `uncertaintyInDegrees`, from 0 to 180.
    public init(
        transform: SpatialTransform, uncertaintyInMicrometres: Double,
        uncertaintyInDegrees: Double = 10
    ) {
        precondition(uncertaintyInMicrometres > 0, "an uncertainty is a positive length")
        precondition((0...180).contains(uncertaintyInDegrees), "an angle is at most half a turn")
        self.transform = transform
        self.uncertaintyInMicrometres = uncertaintyInMicrometres
        self.uncertaintyInDegrees = uncertaintyInDegrees
    }
}

/// How HIGH may be turned in LOW.
public enum RotationLimit: Hashable, Sendable {
    /// About any axis, by any angle.
    case any
    /// By any angle about z, as a plug that was put back upright, with its axis tilted by at most
    /// `tiltInDegrees`.
    case aboutZ(tiltInDegrees: Double)
    /// By at most `degrees`, about any axis.
    case atMost(degrees: Double)
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

    /// How HIGH may differ from LOW in place; if `nil`, by a similarity, or by a shift alone where the
    /// scans do not contradict it.
    public let model: Model?
    /// Where to search; everywhere if `nil`.
    public let initialAlignment: InitialAlignment?
    /// How far HIGH may be turned.
    public let rotation: RotationLimit
    /// How far the ratio of the voxel sizes may be off, as a fraction, `0...0.2`.
    public let scaleTolerance: Double
    /// Whether HIGH is known to be stored as a mirror image, as when its slices were counted from the
    /// other end. If not, a mirror image is noticed and refused.
    public let isMirrored: Bool
    /// The share of the smaller scan that must lie in the other for a pair to be accepted, `0...1`.
    public let minimumOverlap: Double
    /// How much memory to use beside the scans, in bytes; what does not fit is compared on coarser
    /// cells.
    public let memoryInBytes: Int

    /// Searches everywhere, unless told where, and accepts pairs that share a fifth of the smaller
    /// scan.
    public init(
        model: Model? = nil, initialAlignment: InitialAlignment? = nil,
        rotation: RotationLimit = .any, scaleTolerance: Double = 0.12, isMirrored: Bool = false,
        minimumOverlap: Double = 0.2, memoryInBytes: Int = 2 << 30
    ) {
        precondition((0...1).contains(minimumOverlap), "an overlap is a share between 0 and 1")
        precondition((0...0.2).contains(scaleTolerance), "voxel sizes are nearly right")
        precondition(memoryInBytes > 0, "there is some memory")
        self.model = model
        self.initialAlignment = initialAlignment
        self.rotation = rotation
        self.scaleTolerance = scaleTolerance
        self.isMirrored = isMirrored
        self.minimumOverlap = minimumOverlap
        self.memoryInBytes = memoryInBytes
    }
}
