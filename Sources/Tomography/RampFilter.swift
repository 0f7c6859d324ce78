import Foundation
import Fourier

/// The first half of filtered back-projection: a ramp over frequency, tapered by a Hann window.
///
/// The ramp is made from its band-limited kernel in space (Kak & Slaney 1988,
/// doi:10.1137/1.9780898719277, equation 3.61), because a ramp sampled over frequency is zero at
/// frequency zero and darkens the whole reconstruction. Beyond the detector a row goes on with its
/// outermost values, which is air for an object that fits and keeps the rim of an interior scan from
/// glowing.
public struct RampFilter: Sendable {
    /// Samples of a view.
    public let bins: Int
    private let transform: RowTransform
    private let response: [Float]

    /// A filter for views of `bins` samples.
    ///
    /// - Parameters:
    ///   - bins: Samples of a view.
    ///   - binSizeInMicrometres: The width of a sample.
    ///   - cutoff: Where the Hann window reaches zero, in Nyquist frequencies; above 0, and at most 2.
    public init(bins: Int, binSizeInMicrometres binSize: Double, cutoff: Double) {
        precondition(bins > 0 && binSize > 0 && cutoff > 0 && cutoff <= 2, "a filter has extents")
        self.bins = bins
        let length = nextFastLength(2 * bins)
        transform = RowTransform(length: length)
        let kernel = (0..<length).map { index in
            let distance = min(index, length - index)
            if distance == 0 { return Float(0.25 / binSize) }
            guard !distance.isMultiple(of: 2) else { return 0 }
            return Float(-1 / (Double.pi * Double.pi * Double(distance * distance) * binSize))
        }
        var ramp = [ComplexFloat](
            repeating: ComplexFloat(0, 0), count: transform.spectrumLength)
        var spectrum = ramp.mutableSpan
        transform.forward(kernel.span, into: &spectrum)
        response = ramp.enumerated().map { index, value in
            let frequency = 2 * Double(index) / Double(length) / cutoff
            let window = frequency < 1 ? 0.5 * (1 + cos(Double.pi * frequency)) : 0
            return value.real * Float(window)
        }
    }

    /// Filters every view: line integrals in, their filtered form per micrometre out.
    public func apply(to sinogram: inout SinogramBrick) {
        precondition(sinogram.bins == bins, "a filter is made for the bins it meets")
        var row = [Float](repeating: 0, count: transform.length)
        let rightEnd = bins + (transform.length - bins) / 2
        for view in 0..<sinogram.views {
            let start = view * bins
            for lane in 0..<SliceBrick.laneCount {
                for bin in 0..<bins { row[bin] = sinogram.values[start + bin][lane] }
                for bin in bins..<rightEnd { row[bin] = row[bins - 1] }
                for bin in rightEnd..<transform.length { row[bin] = row[0] }
                var samples = row.mutableSpan
                transform.filter(&samples, by: response.span)
                for bin in 0..<bins { sinogram.values[start + bin][lane] = row[bin] }
            }
        }
    }
}

/// Reconstructs slices from their projections by filtered back-projection.
///
/// - Parameters:
///   - sinogram: Line integrals over half a turn.
///   - brick: The grid to fill, seen from the rotation axis; it lies within the circle that the bins
///     see in every view, one bin inside. What it holds is added to.
///   - cutoff: Where the Hann window reaches zero, in Nyquist frequencies.
/// - Returns: Attenuation per micrometre.
public func reconstruct(
    _ sinogram: SinogramBrick, onto brick: SliceBrick, cutoff: Double = 1
) -> SliceBrick {
    let filter = RampFilter(
        bins: sinogram.bins, binSizeInMicrometres: sinogram.binSizeInMicrometres, cutoff: cutoff)
    var filtered = sinogram
    filter.apply(to: &filtered)
    var result = brick
    backProject(filtered, onto: &result)
    return result
}
