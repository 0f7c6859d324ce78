import Foundation
import Fourier
import Randomness
import Volumes

/// Gaussian noise of one pixel's unit variance whose power follows a given spectrum: what is left of
/// the independent counts of detector pixels after they were filtered and projected back.
struct SpectralNoise {
    private let shape: Shape
    private let transform: RealTransform
    private let grid: FrequencyGrid
    private let amplitudes: [Float]
    /// The standard deviation of noise whose power per pixel is as given.
    let deviation: Double

    /// Noise for slices of `shape`.
    ///
    /// - Parameters:
    ///   - shape: The slices; each gets noise of its own.
    ///   - power: The power at a frequency (y, x), in cycles a pixel, in any unit.
    init(shape: Shape, power: (_ y: Double, _ x: Double) -> Double) {
        self.shape = shape
        // Noise is periodic in the transform: a margin keeps opposite borders of a slice independent.
        transform = RealTransform(
            height: nextFastLength(shape.height + 12), width: nextFastLength(shape.width + 12))
        grid = FrequencyGrid(height: transform.height, width: transform.width)
        let powers = grid.map { max(power($0, $1), 0) }
        // The half spectrum stands for both halves: all but the first and the middle column twice.
        var sum = 0.0
        for (index, value) in powers.enumerated() {
            let column = index % grid.spectrumWidth
            sum += column == 0 || 2 * column == transform.width ? value : 2 * value
        }
        precondition(sum > 0, "a noise has power")
        let mean = sum / Double(transform.height * transform.width)
        deviation = mean.squareRoot()
        amplitudes = powers.map { Float(($0 / mean).squareRoot()) }
    }

    /// Adds the noise, times an amplitude for each place in a slice.
    func add(
        to volume: inout Volume<Float>, amplitude: (_ y: Int, _ x: Int) -> Float,
        using generator: inout Philox4x32
    ) {
        precondition(volume.shape == shape, "noise is made for the slices it meets")
        var local = [Float](repeating: 0, count: shape.sliceCount)
        for y in 0..<shape.height {
            for x in 0..<shape.width { local[y * shape.width + x] = amplitude(y, x) }
        }
        let normal = NormalDistribution()
        var buffer = transform.makeBuffer()
        for z in 0..<shape.depth {
            for y in 0..<transform.height {
                buffer.withMutableRow(0, y) { normal.fill(&$0, using: &generator) }
            }
            transform.forward(&buffer)
            grid.multiply(&buffer, by: amplitudes)
            transform.inverse(&buffer)
            volume.withMutableVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    var target = voxels._mutatingExtracting(start..<(start + shape.width))
                    let factors = local.span.extracting(
                        (y * shape.width)..<((y + 1) * shape.width))
                    buffer.withRow(0, y) { row in
                        for x in 0..<target.count { target[x] += factors[x] * row[x] }
                    }
                }
            }
        }
    }
}
