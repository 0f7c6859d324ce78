public import Dataset

/// What is learnt from.
public struct DataRecipe: Hashable, Sendable, Codable {
    /// The share of samples whose LOW side is the scanner's, 0...1; the others are degraded HIGH.
    public let scanned: Double
    /// How HIGH is degraded.
    public let degradation: Profile
    /// What is done to pairs.
    public let augmentation: AugmentationRecipe
    /// Patches with one of these flags are left out; sorted.
    public let leaveOut: [PatchFlag]

    /// A way to degrade HIGH.
    public enum Profile: String, Codable, Sendable, CaseIterable {
        /// Bicubic shrinking alone.
        case classic
        /// Two orders of blur, resizing, noise and JPEG.
        case realESRGAN = "real-esrgan"
        /// A shuffled chain of the same.
        case bsrgan
        /// The faults of a tomograph.
        case tomography
        /// Blur, noise and grey map as in the catalog's own pairs.
        case fitted
    }

    /// Scanned pairs, turned and flipped.
    public static let standard = DataRecipe(
        scanned: 1, degradation: .tomography, augmentation: .standard,
        leaveOut: [.constant, .mismatched, .outside, .saturated])
}

/// What is done to both sides of a pair together.
public struct AugmentationRecipe: Hashable, Sendable, Codable {
    /// Mirror images.
    public let flips: Bool
    /// Quarter turns.
    public let turns: Bool
    /// Shifts by parts of a voxel.
    public let shifts: Bool
    /// Resizing by 0.8 to 1.2 and back, by changing filters.
    public let resizing: Bool
    /// A light blur of LOW.
    public let blur: Bool
    /// Light noise on LOW.
    public let noise: Bool

    /// Flips and turns: they change no grey value.
    public static let standard = AugmentationRecipe(
        flips: true, turns: true, shifts: false, resizing: false, blur: false, noise: false)
    /// Nothing.
    public static let none = AugmentationRecipe(
        flips: false, turns: false, shifts: false, resizing: false, blur: false, noise: false)
    /// Everything.
    public static let all = AugmentationRecipe(
        flips: true, turns: true, shifts: true, resizing: true, blur: true, noise: true)
}
