/// The eigenvectors of a small symmetric matrix, by Jacobi's rotations (Golub and Van Loan 2013,
/// section 8.5).
struct SymmetricEigen {
    /// Ascending.
    let values: [Double]
    /// The vector of every value, of length one.
    let vectors: [[Double]]

    /// Decomposes a symmetric matrix of equally many rows and columns.
    init(_ matrix: [[Double]]) {
        let n = matrix.count
        var a = matrix
        var v = (0..<n).map { i in (0..<n).map { $0 == i ? 1.0 : 0.0 } }
        // A few sweeps are enough for four rows; thirty bound the time.
        for _ in 0..<30 {
            let beside = (0..<n).reduce(0.0) { sum, i in
                (0..<i).reduce(sum) { $0 + a[i][$1] * a[i][$1] }
            }
            let scale = (0..<n).reduce(0.0) { $0 + a[$1][$1] * a[$1][$1] }
            if beside <= 1e-30 * scale { break }
            for p in 0..<n {
                for q in (p + 1)..<max(n, p + 1) where a[p][q] != 0 {
                    SymmetricEigen.rotate(&a, &v, p, q)
                }
            }
        }
        let order = (0..<n).sorted { (a[$0][$0], $0) < (a[$1][$1], $1) }
        values = order.map { a[$0][$0] }
        vectors = order.map { column in (0..<n).map { v[$0][column] } }
    }

    private static func rotate(
        _ a: inout [[Double]], _ v: inout [[Double]], _ p: Int, _ q: Int
    ) {
        let n = a.count
        let theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
        let t = (theta < 0 ? -1 : 1) / (abs(theta) + (theta * theta + 1).squareRoot())
        let c = 1 / (t * t + 1).squareRoot()
        let s = t * c
        for k in 0..<n {
            (a[k][p], a[k][q]) = (c * a[k][p] - s * a[k][q], s * a[k][p] + c * a[k][q])
        }
        for k in 0..<n {
            (a[p][k], a[q][k]) = (c * a[p][k] - s * a[q][k], s * a[p][k] + c * a[q][k])
        }
        for k in 0..<n {
            (v[k][p], v[k][q]) = (c * v[k][p] - s * v[k][q], s * v[k][p] + c * v[k][q])
        }
    }
}
