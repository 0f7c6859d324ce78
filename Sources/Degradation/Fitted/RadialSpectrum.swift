import Foundation
import Fourier
public import Volumes

/// The power of slices by spatial frequency, averaged over directions.
///
/// Slices are cut into square blocks that overlap by half; each loses its mean and is tapered by a
/// Hann window. The power is per pixel: its mean over all frequencies of the plane is the variance.
public struct RadialSpectrum: Hashable, Sendable, Codable {
    /// Pixels along a block; entry `k` of ``powers`` belongs to `k / blockEdge` cycles a pixel.
    public let blockEdge: Int
    /// The power, from frequency zero to that of the corners.
    public private(set) var powers: [Double]

    /// A spectrum of given powers.
    init(blockEdge: Int, powers: [Double]) {
        self.blockEdge = blockEdge
        self.powers = powers
    }

    /// Measures volumes whose rows and columns are at least as many as a block's.
    public init(of volumes: [Volume<Float>], blockEdge: Int) {
        self.init(blockEdge: blockEdge, powers: [])
        powers = RadialSpectrum.average(volumes, volumes, blockEdge: blockEdge)
    }

    /// Measures what of the power of `volumes` no filter makes of `others`, which are of the same
    /// shapes: the incoherent part.
    init(of volumes: [Volume<Float>], incoherentWith others: [Volume<Float>], blockEdge: Int) {
        let powers = RadialSpectrum.average(volumes, volumes, blockEdge: blockEdge)
        let otherPowers = RadialSpectrum.average(others, others, blockEdge: blockEdge)
        let cross = RadialSpectrum.average(volumes, others, blockEdge: blockEdge)
        self.init(
            blockEdge: blockEdge,
            powers: powers.indices.map { bin in
                guard otherPowers[bin] > 0 else { return powers[bin] }
                return max(powers[bin] - cross[bin] * cross[bin] / otherPowers[bin], 0)
            })
    }

    /// The mean over blocks and directions of the product of two spectra, its real part.
    private static func average(
        _ volumes: [Volume<Float>], _ others: [Volume<Float>], blockEdge: Int
    ) -> [Double] {
        precondition(blockEdge >= 4 && blockEdge.isMultiple(of: 2), "a block has an even edge")
        let transform = RealTransform(height: blockEdge, width: blockEdge)
        let grid = FrequencyGrid(height: blockEdge, width: blockEdge)
        let bins = grid.map { y, x in Int((hypot(y, x) * Double(blockEdge)).rounded()) }
        let taper = (0..<blockEdge).map {
            Float(0.5 - 0.5 * cos(2 * .pi * (Double($0) + 0.5) / Double(blockEdge)))
        }
        var sums = [Double](repeating: 0, count: (bins.max() ?? 0) + 1)
        var counts = sums
        var first = transform.makeBuffer()
        var second = transform.makeBuffer()
        for (volume, other) in zip(volumes, others) {
            let shape = volume.shape
            precondition(
                shape.height >= blockEdge && shape.width >= blockEdge && other.shape == shape,
                "a block fits a slice")
            let tops = stride(from: 0, through: shape.height - blockEdge, by: blockEdge / 2)
            let lefts = stride(from: 0, through: shape.width - blockEdge, by: blockEdge / 2)
            for place in 0..<(shape.depth * tops.underestimatedCount * lefts.underestimatedCount) {
                let left = place % lefts.underestimatedCount * (blockEdge / 2)
                let row = place / lefts.underestimatedCount
                let top = row % tops.underestimatedCount * (blockEdge / 2)
                let z = row / tops.underestimatedCount
                volume.withVoxels { fill(&first, $0, shape, z, top, left, taper) }
                other.withVoxels { fill(&second, $0, shape, z, top, left, taper) }
                transform.forward(&first)
                transform.forward(&second)
                // The product with the conjugate, whose imaginary part cancels between halves.
                first.correlate(with: second)
                for y in 0..<blockEdge {
                    first.withSpectrumRow(0, y) { row in
                        for x in 0..<row.count {
                            let bin = bins[y * row.count + x]
                            let weight = x == 0 || 2 * x == blockEdge ? 1.0 : 2.0
                            sums[bin] += weight * Double(row[x].real)
                            counts[bin] += weight
                        }
                    }
                }
            }
        }
        let squares = taper.reduce(0) { $0 + Double($1 * $1) }
        return zip(sums, counts).map { $0 / max($1, 1) / (squares * squares) }
    }

    private static func fill(
        _ buffer: inout TransformBuffer, _ voxels: Span<Float>, _ shape: Shape, _ z: Int,
        _ top: Int, _ left: Int, _ taper: [Float]
    ) {
        let edge = taper.count
        var sum: Float = 0
        for y in 0..<edge {
            let start = (z * shape.height + top + y) * shape.width + left
            for x in 0..<edge { sum += voxels[start + x] }
        }
        let mean = sum / Float(edge * edge)
        for y in 0..<edge {
            let start = (z * shape.height + top + y) * shape.width + left
            buffer.withMutableRow(0, y) { row in
                for x in 0..<edge { row[x] = (voxels[start + x] - mean) * taper[y] * taper[x] }
            }
        }
    }

    /// The power at `frequency` cycles a pixel, between its entries along straight lines.
    func power(at frequency: Double) -> Double {
        let position = frequency * Double(blockEdge)
        let first = min(Int(position), powers.count - 1)
        let second = min(first + 1, powers.count - 1)
        return powers[first] + (powers[second] - powers[first]) * min(position - Double(first), 1)
    }

    /// How far two spectra are apart: the root mean square of the logarithm of their ratio, from the
    /// lowest frequency that a block holds to the detector's highest.
    public func distance(to other: RadialSpectrum) -> Double {
        precondition(blockEdge == other.blockEdge, "spectra of the same blocks are compared")
        var sum = 0.0
        for bin in 1...(blockEdge / 2) {
            let ratio = log(max(powers[bin], 1e-30) / max(other.powers[bin], 1e-30))
            sum += ratio * ratio
        }
        return (sum / Double(blockEdge / 2)).squareRoot()
    }
}
