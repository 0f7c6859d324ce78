import Volumes

/// The cells that were compared, in boxes of nearly equal edges.
struct BlockGrid: Sendable {
    /// The first cell compared along (z, y, x).
    private let first: SIMD3<Int>
    private let extent: SIMD3<Int>
    /// Blocks along (z, y, x).
    let counts: SIMD3<Int>

    /// Blocks of about eight cells, but two or three at least and eight at most along every axis: leaving
    /// out one of fewer would tell errors too large.
    init(_ fit: PoseFit) {
        let shape = fit.low.shape
        var lower = SIMD3(shape.depth, shape.height, shape.width)
        var upper = SIMD3(0, 0, 0)
        for (index, row) in fit.rows.enumerated() where !row.isEmpty {
            let (z, y) = (index / shape.height, index % shape.height)
            lower = pointwiseMin(lower, SIMD3(z, y, row.lowerBound))
            upper = pointwiseMax(upper, SIMD3(z + 1, y + 1, row.upperBound))
        }
        let extent = pointwiseMax(upper &- lower, SIMD3(1, 1, 1))
        var counts = SIMD3(1, 1, 1)
        for axis in (shape.isImage ? 1 : 0)..<3 {
            let fewest = extent[axis] >= 9 ? 3 : 2
            counts[axis] = min(extent[axis], max(fewest, min(8, (extent[axis] + 4) / 8)))
        }
        (first, self.extent, self.counts) = (lower, extent, counts)
    }

    /// The slices of LOW that layer `index` of blocks holds.
    func slices(layer index: Int) -> Range<Int> {
        func start(_ layer: Int) -> Int {
            first[0] + (layer * extent[0] + counts[0] - 1) / counts[0]
        }
        return start(index)..<start(index + 1)
    }

    /// The block of a cell among those of its layer.
    @inline(__always)
    func block(y: Int, x: Int) -> Int {
        let row = (y - first[1]) * counts[1] / extent[1]
        return row * counts[2] + (x - first[2]) * counts[2] / extent[2]
    }
}
