import Volumes

/// A box of LOW as cells, each the mean of a whole number of voxels along every axis.
struct LowCells: Sendable {
    let values: Volume<Float>
    /// The edges of a cell along (z, y, x), in um.
    let cell: SIMD3<Double>
    /// The corner of the first cell, in um of LOW.
    let origin: SIMD3<Double>
    /// The middle (y, x) of LOW's slices, about which a scanner turns, in um.
    let axis: SIMD2<Double>

    var shape: Shape { values.shape }

    /// The centre of a cell, in um of LOW.
    func centre(_ z: Int, _ y: Int, _ x: Int) -> SIMD3<Double> {
        origin + (SIMD3(Double(z), Double(y), Double(x)) + 0.5) * cell
    }

    /// In every row, the cells that see HIGH alone, but for what lies beyond two standard deviations
    /// of the blur.
    ///
    /// - Parameters:
    ///   - pose: Takes HIGH to LOW.
    ///   - extent: HIGH's extent, in um.
    ///   - blur: In um of LOW.
    ///   - reserve: How much farther inside HIGH, in cells, for the pose to move by.
    func rowsInside(
        pose: SpatialTransform, extent: SIMD3<Double>, blur: Double, reserve: Double
    ) -> [Range<Int>] {
        let back = pose.inverse
        let linear = back.linear
        let isImage = shape.isImage
        var margin = SIMD3<Double>()
        for axis in 0..<3 {
            let row = linear[axis]
            let half = cell * (0.5 + reserve)
            for other in (isImage ? 1 : 0)..<3 { margin[axis] += abs(row[other]) * half[other] }
            margin[axis] += 2 * blur * (row * row).sum().squareRoot()
        }
        let step = SIMD3(linear[0][2], linear[1][2], linear[2][2]) * cell[2]
        return (0..<(shape.depth * shape.height)).map { index in
            let start = back(centre(index / shape.height, index % shape.height, 0))
            var (low, high) = (0.0, Double(shape.width - 1))
            for axis in (isImage ? 1 : 0)..<3 {
                let (first, last) = (margin[axis], extent[axis] - margin[axis])
                if abs(step[axis]) < 1e-12 {
                    if start[axis] < first - 1e-6 || start[axis] > last + 1e-6 { return 0..<0 }
                    continue
                }
                let ends = [(first - start[axis]) / step[axis], (last - start[axis]) / step[axis]]
                low = max(low, min(ends[0], ends[1]))
                high = min(high, max(ends[0], ends[1]))
            }
            let (from, to) = (Int((low - 1e-6).rounded(.up)), Int((high + 1e-6).rounded(.down)))
            return from <= to ? from..<(to + 1) : 0..<0
        }
    }

    /// The same box in cells `bin` times as wide; what does not fill a cell at the far ends is left out.
    func binned(by bin: Int) -> LowCells {
        if bin == 1 { return self }
        var bins = SIMD3(bin, bin, bin)
        if shape.isImage { bins[0] = 1 }
        let wide = SIMD3(Double(bins[0]), Double(bins[1]), Double(bins[2]))
        func weights(_ axis: Int, _ extent: Int) -> AxisWeights {
            .mean(
                count: extent / bins[axis], sampleCount: extent, width: wide[axis],
                position: { (Double($0) + 0.5) * wide[axis] })
        }
        let sampler = SeparableSampler(
            z: weights(0, shape.depth), y: weights(1, shape.height), x: weights(2, shape.width))
        return LowCells(
            values: sampler.sample(values), cell: cell * wide, origin: origin, axis: axis)
    }
}

extension LowCells {
    /// Reads a box of LOW, some slices at a time, into cells of `bin` voxels along every axis (one
    /// along z for images).
    init(
        reading low: some ScanSource, edge: SIMD3<Double>, bin: Int, region: Region? = nil,
        check: inout ScanCheck
    ) throws {
        let region = region ?? Region(all: low.shape)
        let isImage = low.shape.isImage
        let depth = isImage ? 1 : bin
        let slab = max(1, 32 / depth) * depth
        var values: [Float] = []
        var shape: Shape?
        for first in stride(from: 0, to: region.shape.depth, by: slab) {
            let slices = min(slab, region.shape.depth - first)
            let part = try low.floats(
                in: Region(
                    z: region.z + first, y: region.y, x: region.x,
                    shape: region.shape.withDepth(slices)))
            check.add(part)
            guard slices >= depth else { continue }
            let cells = LowCells(
                values: part, cell: edge, origin: SIMD3(), axis: SIMD2()
            ).binned(by: bin).values
            shape = cells.shape
            values += cells.array
        }
        guard let shape else { preconditionFailure("a box holds at least one cell") }
        let sliceCount = shape.sliceCount
        let corner = SIMD3(Double(region.z), Double(region.y), Double(region.x))
        var bins = SIMD3(repeating: Double(bin))
        if isImage { bins[0] = 1 }
        self.init(
            values: Volume(shape: shape.withDepth(values.count / sliceCount), voxels: values),
            cell: edge * bins, origin: corner * edge,
            axis: SIMD2(Double(low.shape.height) * edge[1], Double(low.shape.width) * edge[2]) / 2)
    }
}
