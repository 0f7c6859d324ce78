import Foundation
import Randomness

extension DegradationFit {
    /// Chooses the scan of one patch: every number about its fit, as far as it varied between places.
    ///
    /// A fit to stored grey values is seen through the sample's windows first, see
    /// ``normalised(low:high:)``.
    ///
    /// - Parameters:
    ///   - place: Where the patch lies in its scan.
    ///   - greys: How the scan stores grey values.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        place: ScanPlace, greys: ScanGreys, using generator: inout some RandomNumberGenerator
    ) -> FittedDegradation {
        precondition(
            ringAmplitude.value <= 0.2, "a fit is drawn from in normalised grey values")
        func about(_ estimate: Estimate, atLeast least: Double) -> Double {
            let normal = NormalDistribution(
                mean: estimate.value, standardDeviation: estimate.spread)
            return max(normal.draw(using: &generator), least)
        }
        let gain = about(gain, atLeast: 0.01)
        let level = about(level, atLeast: -1e6)
        let power = exp(
            NormalDistribution(standardDeviation: min(noiseSpread, 1)).draw(using: &generator))
        return FittedDegradation(
            scale: scale, place: place, greys: greys,
            sigmaInSlice: about(sigmaInSlice, atLeast: 0),
            sigmaAcrossSlices: about(sigmaAcrossSlices, atLeast: 0), gain: gain,
            offset: level - gain * pivot,
            noise: RadialSpectrum(
                blockEdge: noise.blockEdge, powers: noise.powers.map { $0 * power }),
            rings: Rings(amplitude: min(about(ringAmplitude, atLeast: 0), 0.2)),
            noiseSeed: generator.next())
    }
}
