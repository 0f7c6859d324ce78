public import Volumes

/// What makes a LOW patch of a HIGH one, as it was drawn: a value that the catalog keeps beside the
/// patch, and from which the same bits are made again.
public enum Degradation: Hashable, Sendable, Codable {
    /// Antialiased bicubic shrinking.
    case classic(ClassicDegradation)
    /// The second-order chain of Real-ESRGAN.
    case realESRGAN(RealESRGANDegradation)
    /// The shuffled chain of BSRGAN.
    case bsrgan(BSRGANDegradation)
    /// A scanner's own faults.
    case tomography(TomographyDegradation)
    /// The faults of the scanner that registered pairs come from.
    case fitted(FittedDegradation)

    /// The profile's name, as recipes write it.
    public var profile: String {
        switch self {
        case .classic: "classic"
        case .realESRGAN: "real-esrgan"
        case .bsrgan: "bsrgan"
        case .tomography: "tomography"
        case .fitted: "fitted"
        }
    }

    /// Makes LOW.
    ///
    /// - Parameter high: HIGH's normalised grey values; rows and columns are multiples of the scale.
    ///   ``classic(_:)``, ``realESRGAN(_:)`` and ``bsrgan(_:)`` degrade every slice alone.
    ///   ``tomography(_:)`` averages `scale` slices for each of LOW's, unless there is one slice, and
    ///   ``fitted(_:)`` always does.
    /// - Returns: LOW's normalised grey values.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        switch self {
        case .classic(let degradation): degradation.apply(to: high)
        case .realESRGAN(let degradation): degradation.apply(to: high)
        case .bsrgan(let degradation): degradation.apply(to: high)
        case .tomography(let degradation): degradation.apply(to: high)
        case .fitted(let degradation): degradation.apply(to: high)
        }
    }
}
