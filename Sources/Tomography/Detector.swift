import Foundation
import Randomness

/// Turns the line integrals of fine rays into what a corrected detector reports, row by row.
///
/// Rays are added as intensities, so a pixel on an edge weighs them as a real one does; then come
/// blur, gain errors, photon counting, and the logarithm of the flat-field corrected counts.
struct Detector {
    private let settings: ScannerSettings
    private let bins: Int
    /// How the rays of the middle pixel count; other pixels are shifts of it.
    private let pixels: [BlurredBox]
    private let seed: UInt64
    private let slices: [Int]
    private let gains: [[Float]]

    /// A detector of `bins` pixels about the axis, in front of `rays` rays about the axis, for the
    /// slices that the lanes of a brick hold.
    init(settings: ScannerSettings, bins: Int, rays: Int, slices: [Int], seed: UInt64) {
        self.settings = settings
        self.bins = bins
        self.slices = slices
        self.seed = seed
        let perPixel = settings.raysPerPixel
        let margin = (rays - bins * perPixel) / 2
        precondition(
            rays >= bins * perPixel && rays - bins * perPixel == 2 * margin,
            "the rays cover the detector evenly")
        pixels = (0..<bins).map { bin in
            let first = Double(margin + bin * perPixel)
            return BlurredBox(
                from: first, to: first + Double(perPixel),
                sigmaInCells: settings.blurInPixels * Double(perPixel), cells: 0..<rays)
        }
        gains = slices.map { slice in
            var generator = Philox4x32(seed: seed, stream: NoiseStream.rings(slice: slice))
            return settings.rings.draw(count: bins, using: &generator)
        }
    }

    /// Reports one view: `line` holds the line integrals of its rays, and is used up.
    func report(
        _ line: inout [SIMD8<Float>], view: Int, into sinogram: inout SinogramBrick
    ) {
        for index in line.indices { line[index] = transmission(line[index]) }
        var readings = [SIMD8<Float>](repeating: SIMD8(repeating: 0), count: bins)
        for (bin, pixel) in pixels.enumerated() {
            var sum = SIMD8<Float>(repeating: 0)
            for (offset, weight) in pixel.weights.enumerated() {
                sum += line[pixel.first + offset] * weight
            }
            readings[bin] = sum
        }
        for lane in slices.indices {
            var generator = Philox4x32(
                seed: seed, stream: NoiseStream.photons(slice: slices[lane], view: view))
            for bin in 0..<bins {
                var fraction = Double(readings[bin][lane] * gains[lane][bin])
                if let noise = settings.noise {
                    fraction = noise.draw(transmission: fraction, using: &generator)
                }
                readings[bin][lane] = Float(-log(fraction))
            }
        }
        for bin in 0..<bins { sinogram.values[view * bins + bin] = readings[bin] }
    }

    /// The share of the beam that passes, for eight line integrals.
    private func transmission(_ integrals: SIMD8<Float>) -> SIMD8<Float> {
        if integrals == SIMD8(repeating: 0) { return SIMD8(repeating: 1) }
        var sum = SIMD8<Float>(repeating: 0)
        for energy in settings.spectrum.lines {
            let exponent = integrals * Float(-energy.relativeAttenuation)
            for lane in 0..<SliceBrick.laneCount {
                sum[lane] += Float(energy.share) * exp(exponent[lane])
            }
        }
        return sum
    }
}

/// Which stream of a seed each piece of noise takes, so that it depends on nothing else.
enum NoiseStream {
    static func rings(slice: Int) -> UInt64 { 1 << 60 | UInt64(slice) << 28 }
    static func photons(slice: Int, view: Int) -> UInt64 {
        2 << 60 | UInt64(slice) << 28 | UInt64(view)
    }
}
