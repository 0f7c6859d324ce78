/// How pores are told from grains.
public struct SegmentationEntry: Equatable, Sendable {
    /// What is done against noise first.
    public enum Denoising: Equatable, Sendable {
        /// The median of 3x3x3 voxels.
        case median
        /// Nothing.
        case none
        /// The mean of voxels that look alike.
        case nonLocalMeans(patch: Int, search: Int, strength: Double)
        /// Diffusion that edges hold up.
        case diffusion(steps: Int, edge: Double)
    }

    /// Where pore and grain part.
    public enum Threshold: Equatable, Sendable {
        /// Where Otsu's method says.
        case otsu
        /// At this grey value of the scan.
        case value(Double)
        /// Where Otsu's method parts pore and solid, and these phases beside them.
        case otsuPhases(hasMicroporous: Bool, hasDense: Bool)
        /// At these grey values, from the pores on.
        case values(microporous: Double?, solid: Double, dense: Double?)
    }

    /// Which side of the threshold is pore.
    public enum Pores: String, Sendable, CaseIterable {
        case dark, bright
    }

    /// Where the boundary of the pores lies.
    public enum Boundary: String, Sendable, CaseIterable {
        /// Where grey values cross the threshold.
        case threshold
        /// Where they change most, by a watershed of the gradient.
        case gradient
    }

    /// What parts pores from each other.
    public enum Partition: String, Sendable, CaseIterable {
        /// How far widenings stand out.
        case prominence
        /// SNOW's peaks, inside the pore space.
        case snow
        /// PoreSpy's own regions.
        case porespy
    }

    /// Whether a drift of grey values from slice to slice is taken out first.
    public let correctsDrift: Bool
    /// The highest power of the distance from the axis in a correction of cupping, 2 or 4; 0 for none.
    public let cuppingDegree: Int
    /// What is done against noise.
    public let denoise: Denoising
    /// Where pore and grain part.
    public let threshold: Threshold
    /// Which side of it is pore.
    public let pores: Pores
    /// Where the boundary of the pores lies.
    public let boundary: Boundary
    /// What parts pores from each other.
    public let partition: Partition
    /// Solid in pores of fewer voxels than this becomes pore.
    public let holesBelow: Int
    /// Pores of fewer voxels than this become solid.
    public let islandsBelow: Int

    /// A median, then Otsu's threshold; pores are dark.
    public static let standard = SegmentationEntry(
        correctsDrift: false, cuppingDegree: 0, denoise: .median, threshold: .otsu, pores: .dark,
        boundary: .threshold, partition: .prominence, holesBelow: 0, islandsBelow: 0)
}
