import Foundation

/// A dense symmetric matrix, of which the upper triangle is kept, row by row in a square array.
struct SymmetricMatrix: Sendable {
    let order: Int
    var entries: [Double]

    init(order: Int) {
        self.order = order
        entries = [Double](repeating: 0, count: order * order)
    }

    /// The sum of the diagonal.
    var trace: Double { (0..<order).reduce(0) { $0 + entries[$1 * order + $1] } }

    /// This matrix plus `factor` times another.
    func adding(_ other: SymmetricMatrix, times factor: Double) -> SymmetricMatrix {
        var sum = self
        for i in entries.indices { sum.entries[i] += factor * other.entries[i] }
        return sum
    }

    /// This matrix plus `value` on the diagonal.
    func addingToDiagonal(_ value: Double) -> SymmetricMatrix {
        var sum = self
        for i in 0..<order { sum.entries[i * order + i] += value }
        return sum
    }

    /// This matrix times a vector.
    func callAsFunction(_ vector: [Double]) -> [Double] {
        var product = [Double](repeating: 0, count: order)
        for i in 0..<order {
            let row = i * order
            var sum = entries[row + i] * vector[i]
            for j in (i + 1)..<max(i + 1, order) {
                sum += entries[row + j] * vector[j]
                product[j] += entries[row + j] * vector[i]
            }
            product[i] += sum
        }
        return product
    }
}

/// The factor R of a positive definite matrix A = R'R, R upper triangular (Cholesky).
struct CholeskyFactor: Sendable {
    private var upper: SymmetricMatrix

    /// Factors a matrix; `nil` if it is not positive definite. O(order^3 / 3).
    init?(_ matrix: SymmetricMatrix) {
        upper = matrix
        let order = matrix.order
        for pivot in 0..<order {
            let square = upper.entries[pivot * order + pivot]
            guard square > 0, square.isFinite else { return nil }
            let scale = 1 / square.squareRoot()
            for j in pivot..<order { upper.entries[pivot * order + j] *= scale }
            CholeskyFactor.eliminate(pivot, from: &upper.entries, order: order)
        }
    }

    /// Takes the outer product of the pivot's row from all rows below it.
    private static func eliminate(_ pivot: Int, from entries: inout [Double], order: Int) {
        let row = Array(entries[(pivot * order)..<(pivot * order + order)])
        let pivotRow = row.span
        var all = entries.mutableSpan
        for i in (pivot + 1)..<max(pivot + 1, order) {
            let factor = pivotRow[i]
            guard factor != 0 else { continue }
            for j in i..<order { all[i * order + j] -= factor * pivotRow[j] }
        }
    }

    /// The solution x of A x = `right`.
    func solve(_ right: [Double]) -> [Double] {
        let order = upper.order
        var x = right
        for i in 0..<order {
            x[i] /= upper.entries[i * order + i]
            let value = x[i]
            for j in (i + 1)..<max(i + 1, order) { x[j] -= upper.entries[i * order + j] * value }
        }
        for i in (0..<order).reversed() {
            var sum = x[i]
            for j in (i + 1)..<max(i + 1, order) { sum -= upper.entries[i * order + j] * x[j] }
            x[i] = sum / upper.entries[i * order + i]
        }
        return x
    }

    /// The natural logarithm of A's determinant.
    var logDeterminant: Double {
        (0..<upper.order).reduce(0) { $0 + 2 * log(upper.entries[$1 * upper.order + $1]) }
    }
}
