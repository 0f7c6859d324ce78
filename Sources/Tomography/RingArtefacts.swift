import Randomness

/// How unevenly the detector's pixels respond after flat-field correction.
///
/// A pixel keeps its error through all views, so the reconstruction draws it as a ring about the
/// rotation axis. Gain errors are the first of the stripe laws of Vo et al. 2018
/// (doi:10.1364/OE.26.028396).
public struct RingArtefacts: Hashable, Sendable, Encodable {
    /// Standard deviation of the relative gain error of every pixel.
    public let gainError: Double
    /// The share of pixels that are worse, 0...1.
    public let defectiveShare: Double
    /// Standard deviation of the relative gain error of those pixels.
    public let defectiveGainError: Double

    /// A perfect detector.
    public static let none = RingArtefacts(
        uncheckedGainError: 0, defectiveShare: 0, defectiveGainError: 0)

    /// Errors below 0.2, as larger ones would count no detector as corrected.
    public init(
        gainError: Double, defectiveShare: Double = 0, defectiveGainError: Double = 0
    ) throws(TomographyError) {
        for (name, value) in [
            ("gain error", gainError), ("gain error of defective pixels", defectiveGainError),
        ] where !(value >= 0 && value <= 0.2) {
            throw .invalidSetting(name: name, value: value, allowed: "from 0 to 0.2")
        }
        guard defectiveShare >= 0, defectiveShare <= 1 else {
            throw .invalidSetting(
                name: "share of defective pixels", value: defectiveShare, allowed: "from 0 to 1")
        }
        self.init(
            uncheckedGainError: gainError, defectiveShare: defectiveShare,
            defectiveGainError: defectiveGainError)
    }

    private init(uncheckedGainError: Double, defectiveShare: Double, defectiveGainError: Double) {
        gainError = uncheckedGainError
        self.defectiveShare = defectiveShare
        self.defectiveGainError = defectiveGainError
    }

    /// Chooses the gains of one row of `count` pixels: one for a perfect pixel, always positive.
    public func draw(count: Int, using generator: inout some RandomNumberGenerator) -> [Float] {
        let usual = NormalDistribution(standardDeviation: gainError)
        let defective = NormalDistribution(standardDeviation: defectiveGainError)
        return (0..<count).map { _ in
            let isDefective = generator.nextUnit() < defectiveShare
            let error =
                isDefective ? defective.draw(using: &generator) : usual.draw(using: &generator)
            return Float(max(1 + error, 0.01))
        }
    }
}
