/// The ellipsoid of mean intercept lengths: 1 / L(u)^2 = u M u, by least squares over the thirteen
/// directions, each with its part of the sphere for a weight (Harrigan and Mann 1984,
/// doi:10.1007/BF00540446).
struct InterceptEllipsoid {
    /// The half axes, the longest first.
    let lengths: [Double]
    /// The direction of the longest (z, y, x), its greatest part positive.
    let major: SIMD3<Double>

    /// `nil` if no ellipsoid fits.
    init?(_ intercepts: [Double], _ directions: LatticeDirections, _ edges: SIMD3<Double>) {
        // Unknowns: zz, yy, xx, zy, zx, yx.
        var rows = [[Double]](repeating: Array(repeating: 0, count: 7), count: 6)
        for (index, step) in LatticeDirections.steps.enumerated() {
            let u = normalised(SIMD3<Double>(step) * edges)
            let terms = [
                u.x * u.x, u.y * u.y, u.z * u.z, 2 * u.x * u.y, 2 * u.x * u.z, 2 * u.y * u.z,
            ]
            let weight = directions.shares[index]
            let target = 1 / (intercepts[index] * intercepts[index])
            for i in 0..<6 {
                for j in 0..<6 { rows[i][j] += weight * terms[i] * terms[j] }
                rows[i][6] += weight * terms[i] * target
            }
        }
        let m = solved(rows)
        let (values, vectors) = eigensystem([
            [m[0], m[3], m[4]], [m[3], m[1], m[5]], [m[4], m[5], m[2]],
        ])
        guard values.allSatisfy({ $0 > 0 }) else { return nil }
        // The least curved is the longest.
        let order = values.indices.sorted { values[$0] < values[$1] }
        lengths = order.map { 1 / values[$0].squareRoot() }
        let axis = SIMD3(vectors[0][order[0]], vectors[1][order[0]], vectors[2][order[0]])
        let greatest = (0..<3).reduce(0) { abs(axis[$1]) > abs(axis[$0]) + 1e-9 ? $1 : $0 }
        major = axis[greatest] < 0 ? -axis : axis
    }
}

/// The solution of six equations, each with its right side last, by elimination with pivots.
private func solved(_ equations: [[Double]]) -> [Double] {
    var rows = equations
    let count = rows.count
    for column in 0..<count {
        let pivot = (column..<count).reduce(column) {
            abs(rows[$1][column]) > abs(rows[$0][column]) ? $1 : $0
        }
        rows.swapAt(column, pivot)
        for row in (column + 1)..<max(count, column + 1) {
            let factor = rows[row][column] / rows[column][column]
            for j in column...count { rows[row][j] -= factor * rows[column][j] }
        }
    }
    var solution = [Double](repeating: 0, count: count)
    for row in (0..<count).reversed() {
        let known = ((row + 1)..<max(count, row + 1)).reduce(0.0) {
            $0 + rows[row][$1] * solution[$1]
        }
        solution[row] = (rows[row][count] - known) / rows[row][row]
    }
    return solution
}

/// The eigenvalues of a symmetric 3x3 matrix and, as columns, its eigenvectors, by Jacobi's rotations.
private func eigensystem(_ symmetric: [[Double]]) -> (values: [Double], vectors: [[Double]]) {
    var a = symmetric
    var v: [[Double]] = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    for _ in 0..<50 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] where a[p][q] != 0 {
            let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
            let sign = theta < 0 ? -1.0 : 1.0
            let t = sign / (abs(theta) + (theta * theta + 1).squareRoot())
            let c = 1 / (t * t + 1).squareRoot()
            let s = t * c
            for k in 0..<3 {
                (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
            }
            for k in 0..<3 {
                (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
            }
            for k in 0..<3 {
                (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q])
            }
        }
    }
    return ((0..<3).map { a[$0][$0] }, v)
}
