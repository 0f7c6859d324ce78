import Foundation
import Fourier
import Volumes

/// What filtered back-projection on LOW's pixels does to a slice, in the domain of frequencies.
///
/// The ramp and the back-projection undo the projection, so what is left of it are the window that
/// tapers the ramp, here a Hann window as in the simulated scans, and what goes wrong: an axis taken
/// `e` pixels beside its place moves every projection, which turns the phase of frequency `f` by
/// `2 pi e |f|`, opposite in the two halves of the plane.
struct ReconstructionFilter {
    /// Where the Hann window reaches zero, in Nyquist frequencies.
    let cutoff: Double
    /// By how many pixels the rotation axis is misjudged.
    let axisError: Double

    /// Mirrored pixels on each side, so that opposite borders do not meet in the periodic transform.
    static let margin = 12

    /// The Hann window at `frequency` cycles a pixel; the detector holds none above a half.
    static func window(_ frequency: Double, cutoff: Double) -> Double {
        frequency <= 0.5 && 2 * frequency < cutoff
            ? 0.5 * (1 + cos(2 * .pi * frequency / cutoff)) : 0
    }

    /// Filters every slice in place.
    func apply(to volume: inout Volume<Float>) {
        let (height, width) = (volume.shape.height, volume.shape.width)
        let margin = ReconstructionFilter.margin
        let transform = RealTransform(
            height: nextFastLength(height + 2 * margin), width: nextFastLength(width + 2 * margin))
        let frequencies = FrequencyGrid(height: transform.height, width: transform.width)
        let responses = frequencies.map { y, x in
            let frequency = hypot(y, x)
            let amplitude = ReconstructionFilter.window(frequency, cutoff: cutoff)
            let phase =
                2 * Double.pi * axisError * frequency * (y > 0 || (y == 0 && x > 0) ? -1 : 1)
            return ComplexFloat(Float(amplitude * cos(phase)), Float(amplitude * sin(phase)))
        }
        let rows = mirroredIndices(count: transform.height, of: height, offset: margin)
        let columns = mirroredIndices(count: transform.width, of: width, offset: margin)
        var buffer = transform.makeBuffer()
        for z in 0..<volume.shape.depth {
            volume.withMutableVoxels { voxels in
                for y in 0..<transform.height {
                    let start = (z * height + rows[y]) * width
                    let source = voxels.span.extracting(start..<(start + width))
                    buffer.withMutableRow(0, y) { row in
                        for x in 0..<row.count { row[x] = source[columns[x]] }
                    }
                }
                transform.forward(&buffer)
                frequencies.multiply(&buffer, by: responses)
                transform.inverse(&buffer)
                for y in 0..<height {
                    let start = (z * height + y) * width
                    var target = voxels._mutatingExtracting(start..<(start + width))
                    buffer.withRow(0, y + margin) { row in
                        for x in 0..<width { target[x] = row[x + margin] }
                    }
                }
            }
        }
    }

    /// For each of `count` places, which of `of` samples it shows, mirrored about both ends.
    private func mirroredIndices(count: Int, of: Int, offset: Int) -> [Int] {
        (0..<count).map { place in
            // The place before the first is nearer from the other end of the period.
            let index =
                place - offset < of + (count - of) / 2 ? place - offset : place - offset - count
            let folded = ((index % (2 * of)) + 2 * of) % (2 * of)
            return folded < of ? folded : 2 * of - 1 - folded
        }
    }
}

/// The frequencies of a half spectrum, in cycles a pixel.
struct FrequencyGrid {
    let height: Int
    let width: Int
    var spectrumWidth: Int { width / 2 + 1 }

    /// A value for each frequency (y, x), row by row.
    func map<T>(_ value: (_ y: Double, _ x: Double) -> T) -> [T] {
        var values: [T] = []
        values.reserveCapacity(height * spectrumWidth)
        for row in 0..<height {
            let y = Double(row <= height / 2 ? row : row - height) / Double(height)
            for column in 0..<spectrumWidth {
                values.append(value(y, Double(column) / Double(width)))
            }
        }
        return values
    }

    /// Multiplies a spectrum by one factor a frequency.
    func multiply(_ buffer: inout TransformBuffer, by responses: [ComplexFloat]) {
        let span = responses.span
        for y in 0..<height {
            let factors = span.extracting((y * spectrumWidth)..<((y + 1) * spectrumWidth))
            buffer.withMutableSpectrumRow(0, y) { row in
                for x in 0..<row.count { row[x] = row[x] * factors[x] }
            }
        }
    }

    /// Multiplies a spectrum by one real factor a frequency.
    func multiply(_ buffer: inout TransformBuffer, by amplitudes: [Float]) {
        let span = amplitudes.span
        for y in 0..<height {
            let factors = span.extracting((y * spectrumWidth)..<((y + 1) * spectrumWidth))
            buffer.withMutableSpectrumRow(0, y) { row in
                for x in 0..<row.count { row[x] = row[x] * factors[x] }
            }
        }
    }
}
