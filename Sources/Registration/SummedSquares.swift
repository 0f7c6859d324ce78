import Volumes

/// Sums of squares over any box of a volume, from one table (Crow 1984, doi:10.1145/800031.808600).
struct SummedSquares: Sendable {
    private let table: [Double]
    private let height: Int
    private let width: Int

    init(_ volume: Volume<Float>) {
        let shape = volume.shape
        (height, width) = (shape.height + 1, shape.width + 1)
        var table = [Double](repeating: 0, count: (shape.depth + 1) * height * width)
        let (height, width) = (height, width)
        volume.withVoxels { voxels in
            var sums = table.mutableSpan
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    let here = ((z + 1) * height + y + 1) * width + 1
                    let (above, before) = (here - width, here - height * width)
                    var run = 0.0
                    for x in 0..<row.count {
                        run += Double(row[x]) * Double(row[x])
                        // The rows above in this slice, and everything in the slices before.
                        sums[here + x] =
                            run + sums[above + x] + sums[before + x] - sums[before - width + x]
                    }
                }
            }
        }
        self.table = table
    }

    /// For all columns `x`, the sum over the slices, the rows and columns before `x`.
    func upToColumn(slices: Range<Int>, rows: Range<Int>, into sums: inout [Double]) {
        func start(_ z: Int, _ y: Int) -> Int { (z * height + y) * width }
        let table = table.span
        let (a, b) = (
            start(slices.upperBound, rows.upperBound), start(slices.upperBound, rows.lowerBound)
        )
        let (c, d) = (
            start(slices.lowerBound, rows.upperBound), start(slices.lowerBound, rows.lowerBound)
        )
        var out = sums.mutableSpan
        for x in 0..<width {
            out[x] = (table[a + x] - table[b + x]) - (table[c + x] - table[d + x])
        }
    }
}
