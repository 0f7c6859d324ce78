import Randomness
import Testing

@testable import Registration

@Suite struct `Eigenvectors of a symmetric matrix` {
    static func symmetric(_ n: Int, using generator: inout SplitMix64) -> [[Double]] {
        var matrix = [[Double]](repeating: [Double](repeating: 0, count: n), count: n)
        for i in 0..<n {
            for j in 0...i {
                matrix[i][j] = .random(in: -3...3, using: &generator)
                matrix[j][i] = matrix[i][j]
            }
        }
        return matrix
    }

    /// What is left of `A v = lambda v`, and of `v v' = 1`, at the most.
    static func errors(_ eigen: SymmetricEigen, of matrix: [[Double]]) -> (Double, Double) {
        func dot(_ a: [Double], _ b: [Double]) -> Double {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        var (equation, length) = (0.0, 0.0)
        for (i, vector) in eigen.vectors.enumerated() {
            for (row, component) in zip(matrix, vector) {
                equation = max(equation, abs(dot(row, vector) - eigen.values[i] * component))
            }
            for (j, other) in eigen.vectors.enumerated() {
                length = max(length, abs(dot(vector, other) - (i == j ? 1 : 0)))
            }
        }
        return (equation, length)
    }

    @Test(arguments: [1, 2, 3, 4, 7, 12], UInt64(0)..<5)
    func `are turned by it into multiples of themselves`(n: Int, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let matrix = Self.symmetric(n, using: &generator)
        let eigen = SymmetricEigen(matrix)
        // Rounding of sums of a dozen products of size ten.
        let errors = Self.errors(eigen, of: matrix)
        #expect(errors.0 < 1e-12 && errors.1 < 1e-13, "\(errors)")
        #expect(eigen.values == eigen.values.sorted())
        let trace = (0..<n).reduce(0) { $0 + matrix[$1][$1] }
        #expect(abs(eigen.values.reduce(0, +) - trace) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<5)
    func `are orthogonal where values are equal`(seed: UInt64) {
        // Two vectors leave a plane of directions that all have the value 5.
        var generator = SplitMix64(seed: seed)
        let basis = SymmetricEigen(Self.symmetric(4, using: &generator)).vectors
        let values = [5.0, 5, -1, 2]
        let matrix = (0..<4).map { i in
            (0..<4).map { j in
                (0..<4).reduce(0) { $0 + values[$1] * basis[$1][i] * basis[$1][j] }
            }
        }
        let eigen = SymmetricEigen(matrix)
        let errors = Self.errors(eigen, of: matrix)
        #expect(errors.0 < 1e-12 && errors.1 < 1e-13, "\(errors)")
        for (found, wanted) in zip(eigen.values, values.sorted()) {
            #expect(abs(found - wanted) < 1e-12)
        }
    }

    @Test func `of nothing are any directions`() {
        let eigen = SymmetricEigen([[0, 0], [0, 0]])
        #expect(eigen.values == [0, 0])
        #expect(Self.errors(eigen, of: [[0, 0], [0, 0]]).1 < 1e-15)
    }
}
