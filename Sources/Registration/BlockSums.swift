import Volumes

/// What one block of cells says: its grey values, how it would move for itself, and how it pulls at the
/// common fit.
struct BlockSums: Sendable {
    var grey = GreySums()
    /// Products of: one, HIGH, the three slopes, and the residual; the upper triangle, row after row.
    private var products = [Double](repeating: 0, count: 21)
    /// The residuals' products with every column of the common fit.
    private(set) var scores: [Double]

    private init(columns: Int) {
        scores = [Double](repeating: 0, count: columns)
    }

    /// The sums of all blocks of a fit; layers of blocks are summed side by side, each by one thread.
    static func all(
        _ fit: PoseFit, view: PoseFit.View, grid: BlockGrid
    ) -> [BlockSums] {
        let motions = fit.motions
        let count = fit.grey.field.count + 2 + motions.count + (view.blurDerivative == nil ? 0 : 1)
        let layers = concurrentMap(count: grid.counts[0]) { layer in
            var blocks = [BlockSums](
                repeating: BlockSums(columns: count), count: grid.counts[1] * grid.counts[2])
            var columns = [SIMD8<Float>](repeating: SIMD8(), count: count + 1)
            for z in grid.slices(layer: layer) {
                fit.forEachCell(slice: z, view, slopes: true) { cell in
                    var span = columns.mutableSpan
                    fit.fill(
                        &span, lane: 0, cell, motions: motions.span, hasBlur: view.blurDerivative != nil)
                    let block = grid.block(y: cell.y, x: cell.x)
                    let field = fit.grey.expected(at: cell.point, high: 0)
                    blocks[block].add(
                        cell, columns: columns.span, low: Double(cell.low - field),
                        position: fit.low.centre(cell.z, cell.y, cell.x),
                        factor: -(fit.grey.gain + 2 * fit.grey.bend * cell.high))
                }
            }
            return blocks
        }
        return layers.flatMap { $0 }
    }

    private mutating func add(
        _ cell: PoseFit.Cell, columns: Span<SIMD8<Float>>, low: Double, position: SIMD3<Double>,
        factor: Float
    ) {
        // The first column is the root of the weight, the last the weighed residual.
        let root = Double(columns[0][0])
        let residual = Double(columns[columns.count - 1][0])
        for index in scores.indices { scores[index] += residual * Double(columns[index][0]) }
        let high = Double(cell.high)
        let slope = SIMD3<Double>(cell.slope * factor) * root
        let own = (root, high * root, slope[0], slope[1], slope[2], residual)
        products[0] += own.0 * own.0
        products[1] += own.0 * own.1
        products[2] += own.0 * own.2
        products[3] += own.0 * own.3
        products[4] += own.0 * own.4
        products[5] += own.0 * own.5
        products[6] += own.1 * own.1
        products[7] += own.1 * own.2
        products[8] += own.1 * own.3
        products[9] += own.1 * own.4
        products[10] += own.1 * own.5
        products[11] += own.2 * own.2
        products[12] += own.2 * own.3
        products[13] += own.2 * own.4
        products[14] += own.2 * own.5
        products[15] += own.3 * own.3
        products[16] += own.3 * own.4
        products[17] += own.3 * own.5
        products[18] += own.4 * own.4
        products[19] += own.4 * own.5
        products[20] += own.5 * own.5
        grey.add(low: low, high: high, weight: root * root, position: position)
    }

    /// The shift, in um, that would fit this block best, with a gain and an offset of its own; `nil` if
    /// it says nothing along some axis.
    func solve(isImage: Bool) -> (shift: SIMD3<Double>, covariance: ShiftCovariance)? {
        let sums = NormalSums(count: 5, products: products)
        let solution = sums.solve()
        let axes = isImage ? 1..<3 : 0..<3
        guard axes.allSatisfy({ solution.determines(2 + $0) }) else { return nil }
        let unknowns = Double(2 + axes.count)
        let variance = max(0, sums.squares - solution.explained) / max(1, grey.weight - unknowns)
        var shift = SIMD3<Double>()
        var columns = [SIMD3<Double>](repeating: SIMD3(), count: 3)
        for axis in axes {
            shift[axis] = solution.values[2 + axis]
            var unit = [Double](repeating: 0, count: 5)
            unit[2 + axis] = 1
            let column = solution.solved(unit)
            columns[axis] = SIMD3(column[2], column[3], column[4]) * variance
        }
        return (
            shift,
            ShiftCovariance(
                variances: SIMD3(columns[0][0], columns[1][1], columns[2][2]),
                products: SIMD3(columns[0][1], columns[0][2], columns[1][2]))
        )
    }
}

/// Weighted sums of LOW's and HIGH's grey values.
struct GreySums: Sendable {
    private(set) var weight = 0.0
    /// The weighted sum of the cells' centres, in um of LOW.
    private(set) var position = SIMD3<Double>()
    private var low = 0.0
    private var high = 0.0
    private var lowLow = 0.0
    private var lowHigh = 0.0
    private var highHigh = 0.0

    mutating func add(low l: Double, high h: Double, weight w: Double, position p: SIMD3<Double>) {
        weight += w
        position += p * w
        low += w * l
        high += w * h
        lowLow += w * l * l
        lowHigh += w * l * h
        highHigh += w * h * h
    }

    static func + (a: GreySums, b: GreySums) -> GreySums {
        var sum = a
        sum.weight += b.weight
        sum.position += b.position
        sum.low += b.low
        sum.high += b.high
        sum.lowLow += b.lowLow
        sum.lowHigh += b.lowHigh
        sum.highHigh += b.highHigh
        return sum
    }

    /// HIGH's squared deviations from its mean.
    var highVariation: Double { max(0, highHigh - high * high / max(weight, 1e-30)) }

    /// Pearson's correlation.
    var correlation: Double {
        let lows = max(0, lowLow - low * low / max(weight, 1e-30))
        let scale = (highVariation * lows).squareRoot()
        return scale > 0 ? (lowHigh - low * high / max(weight, 1e-30)) / scale : 0
    }
}
