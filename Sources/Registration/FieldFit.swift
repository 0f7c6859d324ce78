/// Least squares of LOW on HIGH seen through LOW's cells, over a whole overlap at once:
///
/// LOW = gain * HIGH + bend * HIGH^2 + a quadratic field of z, y, x + slopes * step.
///
/// The field takes cupping and the slow offsets of truncated scans, the bend takes beam hardening; both
/// are shared by all cells, so a small overlap keeps what its few edges say about the step.
struct FieldFit: Sendable {
    /// The slopes along z, y, x; HIGH and its square; the ten terms of the field.
    static let columnCount = 15

    /// How HIGH is scaled, so that its square and the field's terms are of one size.
    let middle: Double
    let spread: Double
    /// Products of columns, row by row; those below the diagonal stay zero.
    private var products = [Double](repeating: 0, count: columnCount * columnCount)
    /// Products of columns with LOW.
    private var right = [Double](repeating: 0, count: columnCount)
    private var lowSquares = 0.0
    private var cells = 0.0

    init(middle: Double, spread: Double) {
        self.middle = middle
        self.spread = max(spread, .leastNormalMagnitude)
    }

    /// What a fit found.
    struct Solution: Sendable {
        /// The factor of every column; zero where the scans say nothing of it.
        fileprivate(set) var factors = [Double](repeating: 0, count: columnCount)
        /// Variances of the step (z, y, x) for uncorrelated noise.
        fileprivate(set) var stepVariances = SIMD3<Double>()
        /// The standard deviation of what is left, in LOW's grey values.
        fileprivate(set) var deviation = Double.infinity

        /// The change of position, in HIGH voxels.
        var step: SIMD3<Double> { SIMD3(factors[0], factors[1], factors[2]) }

        /// LOW's rise for a rise of HIGH, where HIGH is `scaled`.
        fileprivate func gain(at scaled: Double) -> Double { factors[3] + 2 * factors[4] * scaled }
    }

    /// Adds one row of cells at height `y` of slice `z`, both from -1 to 1 over the overlap.
    ///
    /// `last` is the fit before: it says how much a step of position changes LOW, and cells farther than
    /// 1.5 deviations from it weigh less, in proportion (Huber 1964, doi:10.1214/aoms/1177703732).
    mutating func add(
        low: Span<Float>, high: Span<Float>, slopeZ: Span<Float>, slopeY: Span<Float>,
        slopeX: Span<Float>, z: Double, y: Double, last: Solution
    ) {
        let n = FieldFit.columnCount
        var column = [Double](repeating: 0, count: n)
        (column[5], column[6], column[7], column[9], column[10]) = (1, z, y, z * z, y * y)
        column[12] = z * y
        let bound = 1.5 * last.deviation
        for i in 0..<low.count {
            let x = 2 * (Double(i) + 0.5) / Double(low.count) - 1
            let scaled = (Double(high[i]) - middle) / spread
            let gain = last.gain(at: scaled) / spread
            (column[0], column[1]) = (gain * Double(slopeZ[i]), gain * Double(slopeY[i]))
            column[2] = gain * Double(slopeX[i])
            (column[3], column[4]) = (scaled, scaled * scaled)
            (column[8], column[11], column[13], column[14]) = (x, x * x, z * x, y * x)
            let value = Double(low[i])
            var expected = 0.0
            for j in 3..<n { expected += column[j] * last.factors[j] }
            let distance = abs(value - expected)
            let weight = distance <= bound ? 1 : bound / distance
            cells += weight
            lowSquares += weight * value * value
            for j in 0..<n {
                let weighted = weight * column[j]
                right[j] += weighted * value
                for k in j..<n { products[j * n + k] += weighted * column[k] }
            }
        }
    }

    static func + (a: FieldFit, b: FieldFit) -> FieldFit {
        var sum = a
        for i in sum.products.indices { sum.products[i] += b.products[i] }
        for i in sum.right.indices { sum.right[i] += b.right[i] }
        sum.lowSquares += b.lowSquares
        sum.cells += b.cells
        return sum
    }

    /// The factors of all columns, by Cholesky's method. A column that the others explain to a part in
    /// 1e10, such as z in an image, is left out.
    func solve() -> Solution {
        let n = FieldFit.columnCount
        var lower = [Double](repeating: 0, count: n * n)
        for j in 0..<n {
            var pivot = products[j * n + j]
            for k in 0..<j { pivot -= lower[j * n + k] * lower[j * n + k] }
            guard pivot > 1e-10 * products[j * n + j] else { continue }
            lower[j * n + j] = pivot.squareRoot()
            for i in (j + 1)..<max(n, j + 1) {
                var sum = products[j * n + i]
                for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
                lower[i * n + j] = sum / lower[j * n + j]
            }
        }
        func solved(_ right: [Double]) -> [Double] {
            var values = right
            for j in 0..<n {
                guard lower[j * n + j] > 0 else {
                    values[j] = 0
                    continue
                }
                for k in 0..<j { values[j] -= lower[j * n + k] * values[k] }
                values[j] /= lower[j * n + j]
            }
            for j in (0..<n).reversed() where lower[j * n + j] > 0 {
                for k in (j + 1)..<max(n, j + 1) { values[j] -= lower[k * n + j] * values[k] }
                values[j] /= lower[j * n + j]
            }
            return values
        }
        var solution = Solution()
        solution.factors = solved(right)
        let explained = zip(solution.factors, right).reduce(0) { $0 + $1.0 * $1.1 }
        let variance = max(0, lowSquares - explained) / max(1, cells - Double(n))
        solution.deviation = variance.squareRoot()
        for axis in 0..<3 {
            var unit = [Double](repeating: 0, count: n)
            unit[axis] = 1
            solution.stepVariances[axis] = variance * solved(unit)[axis]
        }
        return solution
    }

    /// A first guess before any fit: LOW rises with HIGH by `gain`, and no cell weighs less.
    static func start(gain: Double, spread: Double) -> Solution {
        var solution = Solution()
        solution.factors[3] = gain * spread
        return solution
    }
}
