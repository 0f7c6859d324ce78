import Volumes

/// Both scans on a grid of cells, each `bin` LOW voxels wide: LOW averaged, HIGH ready to be seen
/// through a cell at any shift.
struct ScanLevel: Sendable {
    let grids: GridPair
    /// LOW voxels per cell along every axis (one along z for images).
    let bin: Int
    /// LOW averaged over whole cells.
    let low: Volume<Float>
    let high: Volume<Float>
    /// HIGH voxels per cell, along (z, y, x).
    let cell: SIMD3<Double>

    init(low: Volume<Float>, high: Volume<Float>, grids: GridPair, bin: Int) {
        self.grids = grids
        self.bin = bin
        self.high = high
        var bins = SIMD3<Double>(repeating: Double(bin))
        if grids.isImage { bins[0] = 1 }
        cell = grids.ratio * bins
        if bin == 1 {
            self.low = low
        } else {
            func weights(_ axis: Int, _ extent: Int) -> AxisWeights {
                .mean(
                    count: extent / Int(bins[axis]), sampleCount: extent, width: bins[axis],
                    position: { (Double($0) + 0.5) * bins[axis] })
            }
            self.low = SeparableSampler(
                z: weights(0, low.shape.depth), y: weights(1, low.shape.height),
                x: weights(2, low.shape.width)
            ).sample(low)
        }
    }

    /// HIGH as cells see it that begin at cell `first` of LOW, with HIGH's corner `shift` (in HIGH
    /// voxels) from LOW's.
    ///
    /// - Parameter blur: The standard deviation of the Gaussian beside the cell, in cells.
    func sampler(
        first: SIMD3<Int>, shape: Shape, shift: SIMD3<Double>, blur: Double
    ) -> SeparableSampler {
        func weights(_ axis: Int, _ count: Int, _ samples: Int) -> AxisWeights {
            let (cell, first, shift) = (cell[axis], Double(first[axis]), shift[axis])
            return .voxel(
                count: count, sampleCount: samples, width: cell, sigma: sigma(axis, blur: blur),
                position: { (first + Double($0) + 0.5) * cell - shift })
        }
        return SeparableSampler(
            z: grids.isImage ? .single : weights(0, shape.depth, high.shape.depth),
            y: weights(1, shape.height, high.shape.height),
            x: weights(2, shape.width, high.shape.width))
    }

    private func sigma(_ axis: Int, blur: Double) -> Double { max(0.6, blur * cell[axis]) }

    /// The cells of LOW that see HIGH alone, but for what lies beyond two standard deviations of
    /// the blur; `nil` if there are none.
    func interior(shift: SIMD3<Double>, blur: Double) -> Region? {
        func range(_ axis: Int, _ cells: Int, _ samples: Int) -> Range<Int> {
            let margin = axis == 0 && grids.isImage ? 0 : 2 * sigma(axis, blur: blur)
            let start = ((shift[axis] + margin) / cell[axis] - 1e-6).rounded(.up)
            let end = ((shift[axis] + Double(samples) - margin) / cell[axis] + 1e-6).rounded(.down)
            let first = min(max(0, Int(start)), cells)
            return first..<max(first, min(cells, Int(end)))
        }
        return Region(
            z: range(0, low.shape.depth, high.shape.depth),
            y: range(1, low.shape.height, high.shape.height),
            x: range(2, low.shape.width, high.shape.width))
    }
}
