import Foundation
import Fourier
import Volumes

/// HIGH on a lattice about twice as fine as the cells it is compared with, as a spectrum, so that what
/// any blur and any voxel would show of it costs one inverse transform.
///
/// HIGH itself is not held: a Gaussian keeps what the coarser lattice cannot hold out of it, and is
/// divided out again where it is seen.
final class HighTemplate: Sendable {
    /// Samples of the lattice, without the mirrored margin that the transform wraps into.
    let shape: Shape
    /// From one sample to the next along (z, y, x), in um of HIGH.
    let spacing: SIMD3<Double>
    /// HIGH's extent, in um.
    let extent: SIMD3<Double>
    /// HIGH's mean, which the spectrum leaves out.
    let mean: Double
    /// The standard deviation of the samples.
    let deviation: Double
    private let edge: SIMD3<Double>
    private let guardSigma: SIMD3<Double>
    private let transform: RealTransform
    private let spectrum: TransformBuffer

    var isImage: Bool { shape.isImage }

    /// HIGH's corners, in um of HIGH.
    var corners: [SIMD3<Double>] {
        (0..<8).map {
            SIMD3(Double($0 & 1), Double(($0 >> 1) & 1), Double($0 >> 2)) * extent
        }
    }

    /// The standard deviation of the Gaussian that goes before taking every `factor`th sample, in
    /// samples: at the lattice's highest frequency it leaves 0.3, of what lies beyond ever less.
    static func guardSigma(factor: Int) -> Double { factor == 1 ? 0 : 0.5 * Double(factor) }

    /// - Parameters:
    ///   - samples: HIGH averaged by the Gaussian at the centres of `factors` voxels along each axis.
    ///   - factors: HIGH voxels per sample, along (z, y, x).
    ///   - edge: The edges of a HIGH voxel, in um.
    ///   - extent: HIGH's extent, in um.
    init(
        samples: Volume<Float>, factors: SIMD3<Int>, edge: SIMD3<Double>, extent: SIMD3<Double>
    ) {
        shape = samples.shape
        self.edge = edge
        self.extent = extent
        let whole = SIMD3(Double(factors[0]), Double(factors[1]), Double(factors[2]))
        spacing = whole * edge
        var sigma = SIMD3<Double>()
        for axis in 0..<3 { sigma[axis] = Self.guardSigma(factor: factors[axis]) * edge[axis] }
        guardSigma = sigma
        // Twelve samples of margin let the spline's filter die away (0.27^6) on both sides.
        let margin = 12
        transform = RealTransform(
            depth: shape.isImage ? 1 : nextFastLength(shape.depth + margin),
            height: nextFastLength(shape.height + margin),
            width: nextFastLength(shape.width + margin))
        (mean, deviation) = samples.moments
        var buffer = transform.makeBuffer()
        let (mean, shape) = (Float(mean), shape)
        let (depth, height, width) = (buffer.depth, buffer.height, buffer.width)
        buffer.forEachRowConcurrently { z, y, row in
            let (k, j) = (mirrored(z, shape.depth, depth), mirrored(y, shape.height, height))
            samples.withVoxels { voxels in
                let start = (k * shape.height + j) * shape.width
                let source = voxels.extracting(start..<(start + shape.width))
                for x in 0..<shape.width { row[x] = source[x] - mean }
                for x in shape.width..<max(width, shape.width) {
                    row[x] = source[mirrored(x, shape.width, width)] - mean
                }
            }
        }
        transform.forward(&buffer)
        spectrum = buffer
    }

    /// What a cell of LOW sees of HIGH, to be looked up anywhere.
    ///
    /// - Parameters:
    ///   - pose: Takes HIGH to LOW; its shift does not matter.
    ///   - cell: The edges of a cell of LOW, in um.
    ///   - blur: The standard deviation of the Gaussian beside the cell, in um of LOW.
    ///   - part: The image, or its derivative by the blur.
    func seen(
        pose: SpatialTransform, cell: SIMD3<Double>, blur: Double, part: TemplateView.Part = .image
    ) -> TemplateView {
        var buffer = transform.makeBuffer()
        let aperture = CellAperture(
            pose: pose, cell: cell, blur: blur, isImage: isImage, part: part,
            step: frequencyStep)
        let (z, y, x) = (
            gains(axis: 0, buffer.depth), gains(axis: 1, buffer.height),
            gains(axis: 2, buffer.width)
        )
        buffer.fillSpectrum(from: spectrum) { k, j, source, row in
            aperture.fill(
                row: &row, source: source, z: signed(k, self.transform.depth),
                y: signed(j, self.transform.height), factor: z[k] * y[j], gains: x.span)
        }
        transform.inverse(&buffer)
        return TemplateView(buffer: buffer, template: self, mean: part == .image ? Float(mean) : 0)
    }

    /// Cycles per um from one frequency to the next.
    private var frequencyStep: SIMD3<Double> {
        1
            / (SIMD3(Double(transform.depth), Double(transform.height), Double(transform.width))
                * spacing)
    }

    /// What undoes HIGH's voxel and the Gaussian before the lattice, and turns samples into
    /// coefficients of the cubic B-spline through them (Unser 1999, doi:10.1109/79.799930).
    private func gains(axis: Int, _ count: Int) -> [Float] {
        let half = axis == 2 ? count / 2 + 1 : count
        if count == 1 { return [1] }
        return (0..<half).map { index in
            let f = Double(signed(index, count)) / (Double(count) * spacing[axis])
            let spline = (2 + cos(2 * .pi * f * spacing[axis])) / 3
            let gaussian = exp(-2 * .pi * .pi * f * f * guardSigma[axis] * guardSigma[axis])
            return Float(1 / (spline * gaussian * sinc(f * edge[axis])))
        }
    }
}

/// The frequency that index `index` of `count` stands for, in whole cycles.
private func signed(_ index: Int, _ count: Int) -> Int {
    index <= count / 2 ? index : index - count
}

/// Beyond its end a row goes on mirrored, up to half of the margin, and then as it comes before its
/// start.
private func mirrored(_ index: Int, _ count: Int, _ padded: Int) -> Int {
    if index < count { return index }
    let beyond = index - count
    let image = beyond < (padded - count + 1) / 2 ? count - 1 - beyond : padded - 1 - index
    return min(max(0, image), count - 1)
}

/// `sin(pi x) / (pi x)`.
func sinc(_ x: Double) -> Double {
    let a = Double.pi * x
    return abs(a) < 1e-4 ? 1 - a * a / 6 : sin(a) / a
}

extension HighTemplate {
    /// HIGH as cells along its own axes see it, from its corner on.
    func cells(cell: SIMD3<Double>, blur: Double) -> LowCells {
        let view = seen(pose: .identity, cell: cell, blur: blur)
        let extents = (extent / cell + 1e-6).rounded(.down)
        let shape = Shape(
            depth: max(1, Int(extents[0])), height: Int(extents[1]), width: Int(extents[2]))
        let step = SIMD3(0, 0, cell[2])
        let values = Volume<Float>(
            shape: shape,
            fillingSlicesConcurrently: { z, slice in
                for y in 0..<shape.height {
                    let start = (SIMD3(Double(z), Double(y), 0) + 0.5) * cell
                    var row = slice._mutatingExtracting((y * shape.width)..<((y + 1) * shape.width))
                    view.forEach(count: shape.width, start: start, step: step, slopes: false) {
                        row[$0] = $1.value
                    }
                }
            })
        return LowCells(
            values: values, cell: cell, origin: SIMD3(),
            axis: SIMD2(extent[1], extent[2]) / 2)
    }

    /// HIGH as cells of LOW see it that begin at `corner`, and which of them lie in it; the others
    /// have HIGH's mean.
    func masked(
        pose: SpatialTransform, cell: SIMD3<Double>, corner: SIMD3<Double>, shape: Shape
    ) -> MaskedCells {
        let view = seen(pose: pose, cell: cell, blur: Capture.typicalBlur * cell.max())
        let grid = LowCells(
            values: Volume(shape: shape, repeating: Float(mean)), cell: cell, origin: corner,
            axis: SIMD2())
        let rows = grid.rowsInside(pose: pose, extent: extent, blur: 0, reserve: -0.5)
        let back = pose.inverse
        let step = SIMD3(back.linear[0][2], back.linear[1][2], back.linear[2][2]) * cell[2]
        var (values, mask) = (grid.values, Volume<Float>(shape: shape, repeating: 0))
        mask.forEachSliceConcurrently { z, slice in
            for y in 0..<shape.height {
                for x in rows[z * shape.height + y] { slice[y * shape.width + x] = 1 }
            }
        }
        values.forEachSliceConcurrently { z, slice in
            for y in 0..<shape.height {
                let row = rows[z * shape.height + y]
                view.forEach(
                    count: row.count, start: back(grid.centre(z, y, row.lowerBound)), step: step,
                    slopes: false
                ) { slice[y * shape.width + row.lowerBound + $0] = $1.value }
            }
        }
        return MaskedCells(values: values, mask: mask)
    }
}
