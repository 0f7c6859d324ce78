import Foundation
import Randomness
import Volumes

/// The noise that counted photons leave in a reconstruction, without reconstructing.
///
/// A line integral `p` measured with `I` photons has the variance `exp(p) / I`, and the electronics'
/// share `(readout exp(p) / I)^2`. Filtered back-projection from `N` views turns a variance `v` of
/// independent detector pixels into noise of the power spectrum `pi v |f| W(f)^2 B(f) / N` (Riederer et
/// al. 1978, doi:10.1088/0031-9155/23/3/008), with the window `W` and linear interpolation between
/// pixels, `B = (2 + cos 2 pi f) / 3`: fine-grained, without slow variation, and independent from
/// slice to slice. The plug is taken for a uniform disc, so that its middle is noisier than its rim.
public struct ReconstructedPhotons: Hashable, Sendable, Codable {
    /// Photons an unattenuated detector pixel counts in one view.
    public let photonsPerPixel: Double
    /// Standard deviation of the electronics, in photons.
    public let readoutInPhotons: Double
    /// The line integral along the plug's diameter.
    public let opticalDepth: Double
    /// Views over half a turn for each pixel of the detector.
    public let viewsPerPixel: Double

    /// Positive photons, depth and views; the readout noise is not negative.
    public init(
        photonsPerPixel: Double, readoutInPhotons: Double, opticalDepth: Double,
        viewsPerPixel: Double
    ) {
        precondition(
            photonsPerPixel > 0 && readoutInPhotons >= 0 && opticalDepth > 0 && viewsPerPixel > 0,
            "a scan counts photons in views")
        self.photonsPerPixel = photonsPerPixel
        self.readoutInPhotons = readoutInPhotons
        self.opticalDepth = opticalDepth
        self.viewsPerPixel = viewsPerPixel
    }

    /// Views over half a turn.
    func views(fieldRadius: Double) -> Double { 2 * fieldRadius * viewsPerPixel }

    /// What one LOW pixel of mean rock adds to a line integral.
    func attenuationPerPixel(fieldRadius: Double) -> Double { opticalDepth / (2 * fieldRadius) }

    /// The power at `frequency` cycles a pixel, for a variance and a number of views of one.
    static func power(_ frequency: Double, cutoff: Double) -> Double {
        let window = ReconstructionFilter.window(frequency, cutoff: cutoff)
        return Double.pi * frequency * window * window * (2 + cos(2 * .pi * frequency)) / 3
    }

    /// The standard deviation at a distance from the axis, in attenuation per LOW pixel.
    public func deviation(radius: Double, fieldRadius: Double, cutoff: Double) -> Double {
        let power = ReconstructedPhotons.totalPower(cutoff: cutoff)
        return
            (variance(radius: radius, fieldRadius: fieldRadius) * power
            / views(fieldRadius: fieldRadius)).squareRoot()
    }

    /// The mean variance of the line integrals through a place, over half a turn.
    private func variance(radius: Double, fieldRadius: Double) -> Double {
        let steps = 64
        var variance = 0.0
        for step in 0..<steps {
            let offset = radius * cos(.pi * (Double(step) + 0.5) / Double(steps)) / fieldRadius
            let integral = opticalDepth * max(1 - offset * offset, 0).squareRoot()
            let attenuation = exp(integral)
            let blurred = readoutInPhotons * attenuation / photonsPerPixel
            variance += attenuation / photonsPerPixel + blurred * blurred
        }
        return variance / Double(steps)
    }

    /// The power over all frequencies of the plane, for a variance and a number of views of one.
    private static func totalPower(cutoff: Double) -> Double {
        let bins = 256
        var power = 0.0
        for bin in 0..<bins {
            let frequency = 0.5 * (Double(bin) + 0.5) / Double(bins)
            power += 2 * .pi * frequency * ReconstructedPhotons.power(frequency, cutoff: cutoff)
        }
        return power * 0.5 / Double(bins)
    }

    /// Adds the noise to every slice.
    func add(
        to volume: inout Volume<Float>, place: ScanPlace, greys: ScanGreys, cutoff: Double,
        using generator: inout Philox4x32
    ) {
        let noise = SpectralNoise(shape: volume.shape) { y, x in
            ReconstructedPhotons.power(hypot(y, x), cutoff: cutoff)
        }
        let perAttenuation =
            (greys.mean - greys.air) / attenuationPerPixel(fieldRadius: place.fieldRadius)
        // The deviation changes slowly: a table over the radius is enough.
        let corners = [
            (0, 0), (0, volume.shape.width), (volume.shape.height, 0),
            (volume.shape.height, volume.shape.width),
        ]
        let farthest = corners.map { place.radius(y: $0.0, x: $0.1) }.max() ?? 0
        let entries = 32
        let scale =
            ReconstructedPhotons.totalPower(cutoff: cutoff)
            / views(fieldRadius: place.fieldRadius)
        let table = (0...(entries + 1)).map { entry in
            let radius = farthest * Double(entry) / Double(entries)
            let variance = variance(radius: radius, fieldRadius: place.fieldRadius)
            return Float(perAttenuation * (variance * scale).squareRoot())
        }
        noise.add(
            to: &volume,
            amplitude: { y, x in
                let position = place.radius(y: y, x: x) / farthest * Double(entries)
                let entry = min(Int(position), entries)
                let fraction = Float(position - Double(entry))
                return table[entry] + fraction * (table[entry + 1] - table[entry])
            }, using: &generator)
    }
}
