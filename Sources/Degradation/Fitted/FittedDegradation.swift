import Foundation
import Randomness
import Resizing
public import Volumes

/// A coarse scan of a patch as the scanner of the fitted pairs takes it, as it was drawn.
public struct FittedDegradation: Hashable, Sendable, Codable {
    /// HIGH pixels along a LOW pixel.
    public let scale: Int
    /// Where the patch lies in its scan.
    public let place: ScanPlace
    /// How the scan stores grey values.
    public let greys: ScanGreys
    /// Standard deviation of the blur within slices beside LOW's voxel, in LOW pixels.
    public let sigmaInSlice: Double
    /// Standard deviation of the blur across slices, in LOW pixels.
    public let sigmaAcrossSlices: Double
    /// LOW's grey values for a grey value of HIGH.
    public let gain: Double
    /// LOW's grey value where HIGH's is zero.
    public let offset: Double
    /// The power of the noise.
    public let noise: RadialSpectrum
    /// Rings.
    public let rings: Rings
    /// The seed of noise and rings.
    public let noiseSeed: UInt64

    /// Scans a patch.
    ///
    /// - Parameter high: HIGH's normalised grey values. All extents are multiples of the scale; slices
    ///   are averaged as the fitted pairs' were.
    /// - Returns: LOW, in normalised grey values that the scan could have stored.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        high.checkDivides(by: scale)
        precondition(
            high.shape.depth.isMultiple(of: scale),
            "the slices of a patch are a multiple of the scale")
        var low = FittedDegradation.blurred(
            high, scale: scale, inSlice: sigmaInSlice, acrossSlices: sigmaAcrossSlices)
        let (gain, offset) = (Float(gain), Float(offset))
        low.withMutableVoxels { voxels in
            for index in 0..<voxels.count { voxels[index] = gain * voxels[index] + offset }
        }
        rings.add(to: &low, place: place, seed: noiseSeed)
        if noise.powers.contains(where: { $0 > 0 }) {
            let field = SpectralNoise(shape: low.shape) { noise.power(at: hypot($0, $1)) }
            let deviation = Float(field.deviation)
            var generator = Philox4x32(seed: noiseSeed, stream: 1)
            field.add(to: &low, amplitude: { _, _ in deviation }, using: &generator)
        }
        greys.quantise(&low)
        return low
    }

    /// HIGH as LOW's optics and voxels show it.
    static func blurred(
        _ high: Volume<Float>, scale: Int, inSlice: Double, acrossSlices: Double
    ) -> Volume<Float> {
        let shape = high.shape
        let factor = Double(scale)
        return Resampling(
            depth: AxisWeights(averaging: shape.depth, cell: scale, sigma: acrossSlices * factor),
            height: AxisWeights(averaging: shape.height, cell: scale, sigma: inSlice * factor),
            width: AxisWeights(averaging: shape.width, cell: scale, sigma: inSlice * factor)
        ).apply(to: high)
    }
}
