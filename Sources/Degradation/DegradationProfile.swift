/// What degradations are drawn from.
public enum DegradationProfile: Hashable, Sendable, Codable {
    /// Antialiased bicubic shrinking; nothing is drawn.
    case classic
    /// The second-order chain of Real-ESRGAN.
    case realESRGAN(RealESRGANRanges)
    /// The shuffled chain of BSRGAN.
    case bsrgan(BSRGANRanges)
    /// A scanner's own faults.
    case tomography(TomographyRanges)
    /// The faults of the scanner that registered pairs come from.
    case fitted(DegradationFit)

    /// What recipes get unless they say otherwise.
    public static let standard = DegradationProfile.tomography(TomographyRanges())

    /// The profile of a name with its published or proposed ranges; `nil` for other names, and for
    /// `fitted`, which needs pairs.
    public init?(name: String) {
        switch name {
        case "classic": self = .classic
        case "real-esrgan": self = .realESRGAN(RealESRGANRanges())
        case "bsrgan": self = .bsrgan(BSRGANRanges())
        case "tomography": self = .standard
        default: return nil
        }
    }

    /// The name, as recipes write it.
    public var name: String {
        switch self {
        case .classic: "classic"
        case .realESRGAN: "real-esrgan"
        case .bsrgan: "bsrgan"
        case .tomography: "tomography"
        case .fitted: "fitted"
        }
    }

    /// Chooses the degradation of one patch.
    ///
    /// - Parameters:
    ///   - scale: HIGH voxels along a LOW voxel, from 1 to 8; a fit is for its own scale.
    ///   - place: Where the patch lies in its scan; scans alone depend on it.
    ///   - greys: How the scan stores grey values; scans alone depend on it.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        scale: Int, place: ScanPlace, greys: ScanGreys,
        using generator: inout some RandomNumberGenerator
    ) -> Degradation {
        precondition((1...8).contains(scale), "a scale is a whole number from 1 to 8")
        switch self {
        case .classic:
            return .classic(ClassicDegradation(scale: scale))
        case .realESRGAN(let ranges):
            return .realESRGAN(ranges.draw(scale: scale, using: &generator))
        case .bsrgan(let ranges):
            return .bsrgan(ranges.draw(scale: scale, using: &generator))
        case .tomography(let ranges):
            return .tomography(
                ranges.draw(scale: scale, place: place, greys: greys, using: &generator))
        case .fitted(let fit):
            precondition(fit.scale == scale, "a fit is drawn from for its own scale")
            return .fitted(fit.draw(place: place, greys: greys, using: &generator))
        }
    }
}
