import Randomness
import Testing

@testable import Registration

@Suite struct `Sums of a least-squares problem` {
    /// Cells with random columns, the right-hand side last.
    static func problem(unknowns: Int, cells: Int, seed: UInt64) -> [[Float]] {
        var generator = SplitMix64(seed: seed)
        return (0..<cells).map { _ in
            (0...unknowns).map { Float.random(in: -1...1, using: &generator) * Float($0 + 1) }
        }
    }

    static func sums(_ problem: [[Float]]) -> NormalSums {
        let count = problem[0].count - 1
        var sums = NormalSums(count: count)
        for cell in problem {
            sums.add { columns, lane in
                for column in 0...count { columns[column][lane] = cell[column] }
            }
        }
        sums.flush()
        return sums
    }

    /// The same sums in double precision, as a whole matrix.
    static func products(_ problem: [[Float]]) -> [[Double]] {
        let count = problem[0].count
        return (0..<count).map { i in
            (0..<count).map { j in
                problem.reduce(0) { $0 + Double($1[i]) * Double($1[j]) }
            }
        }
    }

    /// Elimination with the largest pivots first.
    static func eliminate(_ matrix: [[Double]], _ right: [Double]) -> [Double] {
        let n = right.count
        var a = zip(matrix, right).map { $0.prefix(n) + [$1] }
        for column in 0..<n {
            let pivot = (column..<n).max { abs(a[$0][column]) < abs(a[$1][column]) } ?? column
            a.swapAt(column, pivot)
            for row in 0..<n where row != column {
                let factor = a[row][column] / a[column][column]
                for k in column...n { a[row][k] -= factor * a[column][k] }
            }
        }
        return (0..<n).map { a[$0][n] / a[$0][$0] }
    }

    @Test(arguments: [1, 2, 5, 20], [3, 40, 203])
    func `are those of the columns`(unknowns: Int, cells: Int) {
        let problem = Self.problem(unknowns: unknowns, cells: cells, seed: 1)
        let sums = Self.sums(problem)
        let wanted = Self.products(problem)
        var next = 0
        for i in 0...unknowns {
            for j in i...unknowns {
                // Products up to 20^2, and single precision's 24 bits, over batches of 25.
                let bound = 1e-6 * (wanted[i][i] * wanted[j][j]).squareRoot() + 1e-12
                #expect(abs(sums.products[next] - wanted[i][j]) < bound)
                next += 1
            }
        }
        #expect(abs(sums.squares / wanted[unknowns][unknowns] - 1) < 1e-6)
    }

    @Test(arguments: UInt64(0)..<5)
    func `are solved as by elimination`(seed: UInt64) {
        let n = 9
        let problem = Self.problem(unknowns: n, cells: 200, seed: seed)
        let sums = Self.sums(problem)
        let matrix = Self.products(problem)
        let solution = sums.solve()
        let wanted = Self.eliminate(matrix, (0..<n).map { matrix[$0][n] })
        for (found, wanted) in zip(solution.values, wanted) {
            #expect(abs(found - wanted) < 1e-5)
        }
        // What the solution leaves of the squares, cell by cell.
        let left = problem.reduce(0.0) { sum, cell in
            let model = zip(cell, solution.values).reduce(0) { $0 + Double($1.0) * $1.1 }
            return sum + (Double(cell[n]) - model) * (Double(cell[n]) - model)
        }
        #expect(abs((sums.squares - solution.explained) / left - 1) < 1e-5)
        var unit = [Double](repeating: 0, count: n)
        unit[4] = 1
        let column = Self.eliminate(matrix, unit)
        for (found, wanted) in zip(solution.solved(unit), column) {
            #expect(abs(found - wanted) < 1e-5 * abs(column[4]))
        }
        let undetermined = (0..<n).filter { !solution.determines($0) }
        #expect(undetermined.isEmpty)
    }

    @Test func `leave out a column that others explain`() {
        var problem = Self.problem(unknowns: 4, cells: 64, seed: 7)
        for index in problem.indices {
            problem[index][2] = 0.5 * problem[index][0] - 2 * problem[index][1]
        }
        let solution = Self.sums(problem).solve()
        #expect(!solution.determines(2))
        #expect(solution.values[2] == 0)
        let others = [0, 1, 3].filter { solution.determines($0) }
        #expect(others == [0, 1, 3])
        // The others are as if it were not there.
        let less = Self.sums(problem.map { [$0[0], $0[1], $0[3], $0[4]] }).solve()
        for (index, other) in zip([0, 1, 3], 0..<3) {
            #expect(abs(solution.values[index] - less.values[other]) < 1e-9)
        }
        #expect(abs(solution.explained - less.explained) < 1e-9)
    }

    @Test func `leave out a column of zeros`() {
        let problem = Self.problem(unknowns: 3, cells: 64, seed: 8).map {
            [$0[0], 0, $0[2], $0[3]]
        }
        let solution = Self.sums(problem).solve()
        #expect(!solution.determines(1) && solution.values[1] == 0)
        let finite = solution.values.filter { $0.isFinite }
        #expect(finite.count == 3)
    }

    @Test func `add up from parts, and part again`() {
        let problem = Self.problem(unknowns: 5, cells: 120, seed: 9)
        var sums = Self.sums(Array(problem[..<48]))
        let rest = Self.sums(Array(problem[48...]))
        let first = sums.products
        sums += rest
        let whole = Self.products(problem)
        #expect(abs(sums.squares / whole[5][5] - 1) < 1e-6)
        sums -= rest
        for (a, b) in zip(sums.products, first) { #expect(abs(a - b) < 1e-10) }
    }

    @Test func `of some unknowns are those of a smaller problem`() {
        let problem = Self.problem(unknowns: 6, cells: 80, seed: 10)
        let part = Self.sums(problem).extracting([1, 4, 5])
        let smaller = Self.sums(problem.map { [$0[1], $0[4], $0[5], $0[6]] })
        #expect(part.count == 3)
        #expect(part.products == smaller.products)
    }
}
