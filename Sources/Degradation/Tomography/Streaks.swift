import Foundation
import Randomness
import Volumes

/// Streaks of single wrong readings: a photon that hit the detector directly, or a pixel that failed
/// in one view. Filtered back-projection draws each as a bright or dark line with the ramp's negative
/// sides, along the ray it was read on.
public struct Streaks: Hashable, Sendable, Codable {
    /// The share of readings that are wrong.
    public let share: Double
    /// Standard deviation of their error, as a line integral.
    public let error: Double

    /// A share in 0...0.05.
    public init(share: Double, error: Double) {
        precondition((0...0.05).contains(share) && error >= 0, "few readings are wrong")
        self.share = share
        self.error = error
    }

    /// How far from its ray a streak is drawn, in pixels; the ramp falls with the square.
    private static let reach = 7.0

    /// Adds streaks to every slice.
    func add(
        to volume: inout Volume<Float>, place: ScanPlace, greys: ScanGreys,
        photons: ReconstructedPhotons, seed: UInt64
    ) {
        guard share > 0, error > 0 else { return }
        let shape = volume.shape
        let views = photons.views(fieldRadius: place.fieldRadius)
        // Of one reading in one view; the ramp's kernel is 1/4 in its middle.
        let perError =
            Double.pi / views * (greys.mean - greys.air)
            / photons.attenuationPerPixel(fieldRadius: place.fieldRadius)
        let normal = NormalDistribution(standardDeviation: error)
        let diameter = hypot(Double(shape.height), Double(shape.width))
        let expected = views * diameter * share
        for z in 0..<shape.depth {
            var generator = Philox4x32(seed: seed, stream: 1 << 20 + UInt64(z))
            let count = PoissonDistribution(mean: expected).draw(using: &generator)
            for _ in 0..<count {
                let angle = Double.pi * generator.nextUnit()
                let offset = diameter * (generator.nextUnit() - 0.5)
                let amplitude = perError * normal.draw(using: &generator)
                draw(
                    amplitude: amplitude, cosine: cos(angle), sine: sin(angle), offset: offset,
                    slice: z, &volume)
            }
        }
    }

    private func draw(
        amplitude: Double, cosine: Double, sine: Double, offset: Double, slice: Int,
        _ volume: inout Volume<Float>
    ) {
        let shape = volume.shape
        let middle = (Double(shape.height) / 2, Double(shape.width) / 2)
        volume.withMutableVoxels { voxels in
            for y in 0..<shape.height {
                let row = (Double(y) + 0.5 - middle.0) * sine - offset
                let start = (slice * shape.height + y) * shape.width
                // Only columns near the ray.
                let (low, high) = columns(row: row, cosine: cosine, middle: middle.1, shape.width)
                var x = low
                while x < high {
                    let distance = abs(row + (Double(x) + 0.5 - middle.1) * cosine)
                    voxels[start + x] += Float(amplitude * Streaks.ramp(distance))
                    x += 1
                }
            }
        }
    }

    private func columns(
        row: Double, cosine: Double, middle: Double, _ width: Int
    ) -> (Int, Int) {
        guard abs(cosine) > 1e-6 else { return abs(row) < Streaks.reach ? (0, width) : (0, 0) }
        let ends = [(-Streaks.reach - row) / cosine, (Streaks.reach - row) / cosine].map {
            $0 + middle - 0.5
        }
        let low = max(0, Int(max(min(ends[0], ends[1]), -1).rounded(.up)))
        let high = min(width, Int(min(max(ends[0], ends[1]), Double(width)).rounded(.up)))
        return low < high ? (low, high) : (0, 0)
    }

    /// The ramp's kernel for one pixel of the detector, between its samples along straight lines.
    private static func ramp(_ distance: Double) -> Double {
        func sample(_ n: Int) -> Double {
            if n == 0 { return 0.25 }
            return n.isMultiple(of: 2) ? 0 : -1 / (.pi * .pi * Double(n * n))
        }
        let first = Int(distance)
        let fraction = distance - Double(first)
        return sample(first) * (1 - fraction) + sample(first + 1) * fraction
    }
}
