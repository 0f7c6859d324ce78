import Volumes

/// One slice of a sampled volume, with its derivatives by the position where asked for.
struct SampledSlice: Sendable {
    var values: [Float]
    /// Derivatives by the position along z, y and x, in source samples; empty unless asked for.
    var slopeZ: [Float] = []
    var slopeY: [Float] = []
    var slopeX: [Float] = []
}

/// A volume seen through a kernel that is a product of one kernel per axis.
struct SeparableSampler: Sendable {
    let z: AxisWeights
    let y: AxisWeights
    let x: AxisWeights

    /// The extent of what comes out.
    var shape: Shape { Shape(depth: z.count, height: y.count, width: x.count) }

    /// Samples all of the outputs.
    func sample(_ source: Volume<Float>, voxelSize: VoxelSize? = nil) -> Volume<Float> {
        Volume(shape: shape, voxelSize: voxelSize) { k, slice in
            let sampled = self.slice(k, of: source, slopes: false)
            let values = sampled.values.span
            for i in 0..<values.count { slice[i] = values[i] }
        }
    }

    /// Samples all of the outputs on the caller's thread, where others sample other parts.
    func sampleSerially(_ source: Volume<Float>) -> Volume<Float> {
        var voxels: [Float] = []
        voxels.reserveCapacity(shape.count)
        for k in 0..<shape.depth { voxels += slice(k, of: source, slopes: false).values }
        return Volume(shape: shape, voxels: voxels)
    }

    /// Samples slice `k` of the outputs: along z, then y, then x, so that most of the work runs
    /// along rows of the source.
    func slice(_ k: Int, of source: Volume<Float>, slopes: Bool) -> SampledSlice {
        let (rows, columns) = (y.support, x.support)
        let (height, width) = (source.shape.height, source.shape.width)
        let n = columns.count
        var plane = [Float](repeating: 0, count: rows.count * n)
        var planeZ = [Float](repeating: 0, count: slopes ? plane.count : 0)
        source.withVoxels { voxels in
            let weights = z.values.span.extracting((k * z.taps)..<((k + 1) * z.taps))
            let slopeWeights = z.slopes.span.extracting((k * z.taps)..<((k + 1) * z.taps))
            var planeSpan = plane.mutableSpan
            var planeZSpan = planeZ.mutableSpan
            for row in rows {
                let start = (z.starts[k] * height + row) * width + columns.lowerBound
                let into = ((row - rows.lowerBound) * n)..<((row - rows.lowerBound + 1) * n)
                var out = planeSpan._mutatingExtracting(into)
                combineRows(
                    voxels, start: start, stride: height * width, weights: weights, into: &out)
                if slopes {
                    var outZ = planeZSpan._mutatingExtracting(into)
                    combineRows(
                        voxels, start: start, stride: height * width, weights: slopeWeights,
                        into: &outZ)
                }
            }
        }
        return acrossRows(plane, planeZ, firstRow: rows.lowerBound, rowLength: n, slopes: slopes)
    }

    private func acrossRows(
        _ plane: [Float], _ planeZ: [Float], firstRow: Int, rowLength n: Int, slopes: Bool
    ) -> SampledSlice {
        let count = y.count * x.count
        let firstColumn = x.support.lowerBound
        var result = SampledSlice(values: [Float](repeating: 0, count: count))
        if slopes {
            result.slopeZ = result.values
            result.slopeY = result.values
            result.slopeX = result.values
        }
        var row = [Float](repeating: 0, count: n)
        for j in 0..<y.count {
            let weights = y.values.span.extracting((j * y.taps)..<((j + 1) * y.taps))
            let start = (y.starts[j] - firstRow) * n
            func across(_ plane: Span<Float>, _ weights: Span<Float>) {
                var out = row.mutableSpan
                for i in 0..<out.count { out[i] = 0 }
                combineRows(plane, start: start, stride: n, weights: weights, into: &out)
            }
            across(plane.span, weights)
            along(row.span, x.values.span, firstColumn, &result.values, j)
            guard slopes else { continue }
            along(row.span, x.slopes.span, firstColumn, &result.slopeX, j)
            across(plane.span, y.slopes.span.extracting((j * y.taps)..<((j + 1) * y.taps)))
            along(row.span, x.values.span, firstColumn, &result.slopeY, j)
            across(planeZ.span, weights)
            along(row.span, x.values.span, firstColumn, &result.slopeZ, j)
        }
        return result
    }

    /// Sums along x into row `j` of `out`.
    private func along(
        _ row: Span<Float>, _ weights: Span<Float>, _ firstColumn: Int, _ out: inout [Float],
        _ j: Int
    ) {
        let taps = x.taps
        let starts = x.starts.span
        var all = out.mutableSpan
        var outRow = all._mutatingExtracting((j * starts.count)..<((j + 1) * starts.count))
        for i in 0..<starts.count {
            let samples = row.extracting(
                (starts[i] - firstColumn)..<(starts[i] - firstColumn + taps))
            let factors = weights.extracting((i * taps)..<((i + 1) * taps))
            var sum: Float = 0
            for tap in 0..<taps { sum += samples[tap] * factors[tap] }
            outRow[i] = sum
        }
    }
}

/// Adds to `out` the weighted sum of rows that lie `stride` apart, four at a time so that `out` is
/// read and written less.
private func combineRows(
    _ source: Span<Float>, start: Int, stride: Int, weights: Span<Float>,
    into out: inout MutableSpan<Float>
) {
    let n = out.count
    func row(_ tap: Int) -> Range<Int> { (start + tap * stride)..<(start + tap * stride + n) }
    var tap = 0
    while tap + 4 <= weights.count {
        let (a, b) = (source.extracting(row(tap)), source.extracting(row(tap + 1)))
        let (c, d) = (source.extracting(row(tap + 2)), source.extracting(row(tap + 3)))
        let (wa, wb, wc, wd) = (weights[tap], weights[tap + 1], weights[tap + 2], weights[tap + 3])
        for i in 0..<n { out[i] += (a[i] * wa + b[i] * wb) + (c[i] * wc + d[i] * wd) }
        tap += 4
    }
    while tap < weights.count {
        let (a, wa) = (source.extracting(row(tap)), weights[tap])
        for i in 0..<n { out[i] += a[i] * wa }
        tap += 1
    }
}
