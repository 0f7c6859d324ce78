public import Volumes

/// How samples are shared out among training, validation and test.
public struct SplitEntry: Equatable, Sendable {
    /// The parts' shares of the samples; they add to one.
    public let train, validation, test: Double
    /// What the lot is drawn from.
    public let seed: UInt64

    /// Seven in ten to train, the rest halved.
    public static let standard = SplitEntry(train: 0.7, validation: 0.15, test: 0.15, seed: 1)
}

/// How pairs are cut into patches.
public struct PatchEntry: Equatable, Sendable {
    /// The extent of a patch, in LOW voxels.
    public let size: Shape
    /// The steps from patch to patch, in LOW voxels.
    public let stride: Shape

    /// Cubes of 16, side by side.
    public static let standard = PatchEntry(size: Shape(edge: 16), stride: Shape(edge: 16))
}

/// How a LOW scan is made from a HIGH scan for a sample without one: by projection, a detector and
/// reconstruction.
public struct SimulationEntry: Equatable, Sendable {
    /// The standard deviation of source and detector blur, in LOW voxels, 0...4.
    public let blurInLowVoxels: Double
    /// Photons that a detector pixel counts beside the sample in one view, 100...1e9.
    public let photonsPerPixel: Double
    /// What the noise and the detector's errors are drawn from.
    public let seed: UInt64

    /// A bench-top scanner: half a voxel of blur and 30,000 photons.
    public static let standard = SimulationEntry(
        blurInLowVoxels: 0.5, photonsPerPixel: 30_000, seed: 1)
}

/// How HIGH may lie in LOW, and what is done about a drift of the scanner.
public struct RegistrationEntry: Equatable, Sendable {
    /// How HIGH may differ from LOW in place.
    public enum Model: String, Sendable, CaseIterable {
        /// By a rotation, a scale and a shift; by a shift alone where the scans do not contradict it.
        case automatic
        /// By a shift alone.
        case shift
        /// By a rotation, a scale and a shift.
        case similarity
        /// By any linear map and a shift.
        case affine
    }

    /// How HIGH may be turned in LOW.
    public enum Rotation: Equatable, Sendable {
        /// About any axis, by any angle.
        case any
        /// By a few degrees at most: the sample was not taken out between its scans.
        case none
        /// About z by any angle, as a plug that was put back upright, and tilted by at most so much.
        case upright(tiltInDegrees: Double)
    }

    /// What is done about a drift that is left after the registration.
    public enum Drift: String, Sendable, CaseIterable {
        /// It is measured and reported.
        case report
        /// Where it is proven, HIGH is resampled without it.
        case correct
    }

    /// How HIGH may differ from LOW in place.
    public let model: Model
    /// How HIGH may be turned.
    public let rotation: Rotation
    /// Whether HIGH is known to be stored as a mirror image.
    public let isMirrored: Bool
    /// The share of the smaller scan that has to lie in the other, 0...1.
    public let minimumOverlap: Double
    /// What is done about a drift.
    public let drift: Drift

    /// Settings of one or of all samples.
    public init(
        model: Model, rotation: Rotation, isMirrored: Bool, minimumOverlap: Double, drift: Drift
    ) {
        self.model = model
        self.rotation = rotation
        self.isMirrored = isMirrored
        self.minimumOverlap = minimumOverlap
        self.drift = drift
    }

    /// Any pose but a mirror image; a drift is reported.
    public static let standard = RegistrationEntry(
        model: .automatic, rotation: .any, isMirrored: false, minimumOverlap: 0.2, drift: .report)

    /// How far an upright plug may be tilted unless a manifest says otherwise, in degrees.
    public static let standardTiltInDegrees = 10.0
}
