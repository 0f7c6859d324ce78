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

/// How pores are told from grains.
public struct SegmentationEntry: Equatable, Sendable {
    /// What is done against noise first.
    public enum Denoising: String, Sendable, CaseIterable {
        case median, none
    }

    /// Where pore and grain part.
    public enum Threshold: Equatable, Sendable {
        /// Where Otsu's method says.
        case otsu
        /// At this grey value of the scan.
        case value(Double)
    }

    /// Which side of the threshold is pore.
    public enum Pores: String, Sendable, CaseIterable {
        case dark, bright
    }

    /// What is done against noise first.
    public let denoise: Denoising
    /// Where pore and grain part.
    public let threshold: Threshold
    /// Which side of it is pore.
    public let pores: Pores

    /// A median, then Otsu's threshold; pores are dark.
    public static let standard = SegmentationEntry(
        denoise: .median, threshold: .otsu, pores: .dark)
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
