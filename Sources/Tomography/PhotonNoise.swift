import Foundation
import Randomness

/// How many photons are counted, and how exactly.
public struct PhotonNoise: Hashable, Sendable, Encodable {
    /// Photons an unattenuated detector pixel counts in one view.
    public let photonsPerPixel: Double
    /// Standard deviation of the electronics, in photons.
    public let readoutInPhotons: Double

    /// From one photon to 1e12 in a pixel; the readout noise is not negative.
    public init(photonsPerPixel: Double, readoutInPhotons: Double = 0) throws(TomographyError) {
        guard photonsPerPixel >= 1, photonsPerPixel <= 1e12 else {
            throw .invalidSetting(
                name: "photons per pixel", value: photonsPerPixel, allowed: "from 1 to 1e12")
        }
        guard readoutInPhotons >= 0, readoutInPhotons <= 1e6 else {
            throw .invalidSetting(
                name: "readout noise in photons", value: readoutInPhotons,
                allowed: "from 0 to 1e6")
        }
        self.photonsPerPixel = photonsPerPixel
        self.readoutInPhotons = readoutInPhotons
    }

    /// The fraction of photons counted where `transmission` of them are expected.
    ///
    /// A pixel that counts nothing is taken to have counted half a photon, so that its logarithm
    /// stays finite, as scanners do.
    public func draw(
        transmission: Double, using generator: inout some RandomNumberGenerator
    ) -> Double {
        let photons = PoissonDistribution(mean: photonsPerPixel * transmission)
        var counted = Double(photons.draw(using: &generator))
        if readoutInPhotons > 0 {
            counted += NormalDistribution(standardDeviation: readoutInPhotons)
                .draw(using: &generator)
        }
        return max(counted, 0.5) / photonsPerPixel
    }
}
