/// Rows of a linear model: what every block's shift along one axis is to be explained by.
struct LinearModel: Sendable {
    let unknowns: Int
    private let entries: [Double]

    /// `rows` holds the entries of one row after another.
    init(unknowns: Int, rows: [Double]) {
        precondition(rows.count.isMultiple(of: unknowns), "every row has an entry for each unknown")
        self.unknowns = unknowns
        entries = rows
    }

    /// What the unknowns make of one row.
    func value(_ row: Int, _ unknowns: [Double]) -> Double {
        let entries = entries.span.extracting(row * self.unknowns..<(row + 1) * self.unknowns)
        var sum = 0.0
        for i in 0..<entries.count { sum += entries[i] * unknowns[i] }
        return sum
    }

    /// Adds a row, `factor` times, to a vector over the unknowns.
    func add(_ row: Int, times factor: Double, to vector: inout [Double]) {
        let entries = entries.span.extracting(row * unknowns..<(row + 1) * unknowns)
        for i in 0..<entries.count { vector[i] += entries[i] * factor }
    }

    /// The sum over rows of weight * row * row'.
    func normalMatrix(_ rows: [Int], weights: [Double]) -> SymmetricMatrix {
        var matrix = SymmetricMatrix(order: unknowns)
        for row in rows {
            let entries = entries.span.extracting(row * unknowns..<(row + 1) * unknowns)
            for i in 0..<unknowns {
                let factor = entries[i] * weights[row]
                for j in i..<unknowns { matrix.entries[i * unknowns + j] += factor * entries[j] }
            }
        }
        return matrix
    }
}

/// Shifts along one axis, explained by a linear model with a penalty on what bends.
///
/// The unknowns c minimise, over blocks i with shifts s, deviations d and weights w,
///
///     sum of  w_i d_i^2 rho((s_i - row_i c) / d_i)  +  c' penalty c,
///
/// where rho is Huber's: the square up to 1.5 and linear beyond, so that a wrongly matched block
/// pulls no harder than one that is off by 1.5 deviations (Huber 1964,
/// doi:10.1214/aoms/1177703732). A weight is 1 / d^2, but no block weighs more than the middle one:
/// a fit that takes itself to be very precise may be precisely wrong.
struct RobustFit {
    let model: LinearModel
    /// In micrometres.
    private let shifts, deviations: [Double]
    /// The square roots of the weights, and the shifts times these.
    private let precisions, whitened: [Double]

    init(model: LinearModel, shifts: [Double], deviations: [Double]) {
        self.model = model
        self.shifts = shifts
        self.deviations = deviations
        let typical = median(deviations)
        precisions = deviations.map { 1 / max($0, typical) }
        whitened = zip(shifts, precisions).map { $0 * $1 }
    }

    /// The equations of some blocks alone.
    struct Equations {
        let rows: [Int]
        /// The sum of weight * row * row'.
        let data: SymmetricMatrix
        let penalty: SymmetricMatrix
        /// The two together.
        let sum: SymmetricMatrix
        let factor: CholeskyFactor
    }

    /// Equations with a penalty of `energy` for each block's weight; `nil` if they have no
    /// solution.
    ///
    /// What the blocks say nothing of stays where it is: a ten thousandth of what they say of the
    /// unknowns on average holds each of these at zero.
    func equations(
        _ rows: [Int], data: SymmetricMatrix, energy: SymmetricMatrix? = nil
    ) -> Equations? {
        let weight = rows.reduce(0) { $0 + precisions[$1] * precisions[$1] }
        let none = SymmetricMatrix(order: data.order)
        let penalty = none.adding(energy ?? none, times: weight)
            .addingToDiagonal(1e-4 * data.trace / Double(data.order))
        let sum = data.adding(penalty, times: 1)
        return CholeskyFactor(sum).map {
            Equations(rows: rows, data: data, penalty: penalty, sum: sum, factor: $0)
        }
    }

    /// The sum of weight * row * row' over some blocks.
    func normalMatrix(_ rows: [Int]) -> SymmetricMatrix {
        model.normalMatrix(rows, weights: precisions.map { $0 * $0 })
    }

    /// Whitened shifts (times the roots of their weights), bounded at 1.5 times their robust
    /// spread.
    ///
    /// The spread is that of the shifts, drift included, so the bound leaves a drift alone.
    func bounded(_ rows: [Int]) -> [Double] {
        let bound = huberBound * median(rows.map { abs(whitened[$0]) }) / normalQuartile
        return rows.map { min(max(whitened[$0], -bound), bound) }
    }

    /// The right-hand side for whitened values of the rows.
    func project(_ values: [Double], _ rows: [Int]) -> [Double] {
        var right = [Double](repeating: 0, count: model.unknowns)
        for (row, value) in zip(rows, values) {
            model.add(row, times: precisions[row] * value, to: &right)
        }
        return right
    }

    /// The unknowns that minimise.
    ///
    /// Bounded residuals are fitted again and again with one factored matrix. While residuals are
    /// still wide, as they are at first beside a large drift, so are their bounds.
    func solve(_ equations: Equations) -> [Double] {
        let rows = equations.rows
        var unknowns = equations.factor.solve(project(bounded(rows), rows))
        var fitted = rows.map { model.value($0, unknowns) }
        // Most drifts take three to ten rounds; a hundredth of a deviation is far below their
        // error. A fit that were still on its way would have to prove itself like any other.
        for _ in 0..<50 {
            let residuals = zip(rows, fitted).map { shifts[$0] - $1 }
            let sizes = zip(rows, residuals).map { abs($1) / deviations[$0] }
            let width = huberBound * max(1, median(sizes) / normalQuartile)
            let bounded = zip(rows, residuals).map { row, residual in
                let bound = width * deviations[row]
                return precisions[row] * min(max(residual, -bound), bound)
            }
            let step = equations.factor.solve(
                zip(project(bounded, rows), equations.penalty(unknowns)).map { $0 - $1 })
            for i in unknowns.indices { unknowns[i] += step[i] }
            let next = rows.map { model.value($0, unknowns) }
            let change = rows.indices.reduce(0) {
                max($0, abs(next[$1] - fitted[$1]) * precisions[rows[$1]])
            }
            fitted = next
            if change < 0.01 { break }
        }
        return unknowns
    }

    /// The sum over blocks of what is left, each as ``robustSquare(_:)``.
    func chiSquare(_ rows: [Int], _ unknowns: [Double]?) -> Double {
        rows.reduce(0) { sum, row in
            let fitted = unknowns.map { model.value(row, $0) } ?? 0
            return sum + robustSquare((shifts[row] - fitted) / deviations[row])
        }
    }
}

/// How many deviations count as their square.
let huberBound = 1.5

/// Huber's square of a residual in deviations, scaled so that normal noise has a mean of one.
func robustSquare(_ residual: Double) -> Double {
    let size = abs(residual)
    let square = size <= huberBound ? size * size : huberBound * (2 * size - huberBound)
    return square / 0.954_305_978_750_1
}

/// Half of all normal deviations are smaller than this.
let normalQuartile = 0.674_489_750_196_081_7

/// The middle of some numbers, the larger of two; zero if there are none.
func median(_ values: [Double]) -> Double {
    values.isEmpty ? 0 : values.sorted()[values.count / 2]
}

extension [Double] {
    /// The number that a `share` of these, in ascending order, stay below: between the two that lie
    /// nearest, in proportion. There must be one at least.
    func quantile(_ share: Double) -> Double {
        let place = Swift.min(Swift.max(share * Double(count) - 0.5, 0), Double(count - 1))
        let (below, above) = (Int(place), Swift.min(Int(place) + 1, count - 1))
        return self[below] + (self[above] - self[below]) * (place - Double(below))
    }
}
