import Volumes

/// What one block of cells says: its grey values, and its part of the common fit's sums.
struct BlockSums: Sendable {
    private(set) var grey = GreySums()
    /// The weighted sum of the cells' centres, in um of LOW.
    private var position = SIMD3<Double>()
    /// The cells that count in full.
    private(set) var inliers = 0.0
    /// The products of the common fit's columns, over this block's cells.
    private(set) var sums: NormalSums

    private init(count: Int) {
        sums = NormalSums(count: count)
    }

    /// The sums of all blocks of a fit; layers of blocks are summed side by side, each by one thread.
    static func all(_ fit: PoseFit, view: PoseFit.View, grid: BlockGrid) -> [BlockSums] {
        let motions = fit.motions
        let count = fit.unknowns(view, motions: motions)
        let hasBlur = view.blurDerivative != nil
        let layers = concurrentMap(count: grid.counts[0]) { layer in
            var blocks = [BlockSums](
                repeating: BlockSums(count: count), count: grid.counts[1] * grid.counts[2])
            for z in grid.slices(layer: layer) {
                fit.forEachCell(slice: z, view, slopes: true) { cell in
                    let index = grid.block(y: cell.y, x: cell.x)
                    blocks[index].add(cell, of: fit, motions: motions, hasBlur: hasBlur)
                }
            }
            for index in blocks.indices { blocks[index].sums.flush() }
            return blocks
        }
        return layers.flatMap { $0 }
    }

    private mutating func add(
        _ cell: PoseFit.Cell, of fit: PoseFit, motions: [Motion], hasBlur: Bool
    ) {
        var root: Float = 0
        sums.add { columns, lane in
            root = fit.fill(&columns, lane: lane, cell, motions: motions.span, hasBlur: hasBlur)
        }
        let field = fit.grey.expected(at: cell.point, high: 0)
        let weight = Double(root) * Double(root)
        grey.add(low: Double(cell.low - field), high: Double(cell.high), weight: weight)
        position += fit.low.centre(cell.z, cell.y, cell.x) * weight
        if weight == 1 { inliers += 1 }
    }

    /// The weighted middle of the block's cells, in um of LOW.
    var middle: SIMD3<Double> { position / grey.weight }

    /// The shift, in um, that would fit this block best, with a gain and an offset of its own; `nil` if
    /// it says nothing along some axis.
    func ownShift(
        of fit: PoseFit
    ) -> (shift: SIMD3<Double>, covariance: ShiftCovariance)? {
        let axes = fit.isImage ? 1..<3 : 0..<3
        let field = fit.grey.field.count
        // Every model's first motions are the shifts.
        let own = sums.extracting([0, field] + (0..<axes.count).map { field + 2 + $0 })
        let solution = own.solve()
        guard (2..<own.count).allSatisfy({ solution.determines($0) }) else { return nil }
        let left = max(0, own.squares - solution.explained)
        let variance = left / max(1, grey.weight - Double(own.count))
        var shift = SIMD3<Double>()
        var columns = [SIMD3<Double>](repeating: SIMD3(), count: 3)
        for (index, axis) in axes.enumerated() {
            shift[axis] = solution.values[2 + index]
            var unit = [Double](repeating: 0, count: own.count)
            unit[2 + index] = 1
            let column = solution.solved(unit)
            for (other, second) in axes.enumerated() {
                columns[axis][second] = column[2 + other] * variance
            }
        }
        return (
            shift,
            ShiftCovariance(
                variances: SIMD3(columns[0][0], columns[1][1], columns[2][2]),
                products: SIMD3(columns[0][1], columns[0][2], columns[1][2]))
        )
    }
}
