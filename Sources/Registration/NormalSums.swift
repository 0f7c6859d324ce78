/// The sums of products of the columns of a least-squares problem, gathered eight cells at a time.
///
/// The last column is the right-hand side. Cells add up in single precision until ``flush()``:
/// right-hand sides are residuals, so what rounds is small.
struct NormalSums: Sendable {
    /// Unknowns.
    let count: Int
    /// The upper triangle of the products, the right-hand side among them, row after row.
    private(set) var products: [Double]
    private var batch: [SIMD8<Float>]
    /// The columns of the cells that wait for more, and how many these are.
    private var waiting: [SIMD8<Float>]
    private var lane = 0

    init(count: Int) {
        self.count = count
        let products = (count + 1) * (count + 2) / 2
        self.products = [Double](repeating: 0, count: products)
        batch = [SIMD8<Float>](repeating: SIMD8(), count: products)
        waiting = [SIMD8<Float>](repeating: SIMD8(), count: count + 1)
    }

    /// The sums of some of the unknowns alone.
    func extracting(_ unknowns: [Int]) -> NormalSums {
        var part = NormalSums(count: unknowns.count)
        let columns = unknowns + [count]
        var next = 0
        for i in columns.indices {
            for j in i..<columns.count {
                part.products[next] = product(columns[i], columns[j])
                next += 1
            }
        }
        return part
    }

    /// Adds a cell: `fill` writes its number into the given lane of every column, and last of the
    /// right-hand side.
    @inline(__always)
    mutating func add(_ fill: (_ columns: inout MutableSpan<SIMD8<Float>>, _ lane: Int) -> Void) {
        // Taken out and put back, the columns change in place.
        var columns: [SIMD8<Float>] = []
        swap(&columns, &waiting)
        var span = columns.mutableSpan
        fill(&span, lane)
        lane += 1
        if lane == 8 { multiply(columns.span) }
        swap(&columns, &waiting)
    }

    private mutating func multiply(_ columns: Span<SIMD8<Float>>) {
        let count = count
        var sums = batch.mutableSpan
        var next = 0
        for i in 0...count {
            let column = columns[i]
            for j in i...count {
                sums[next] += column * columns[j]
                next += 1
            }
        }
        lane = 0
    }

    /// Moves what was added since to the sums in double precision.
    mutating func flush() {
        if lane > 0 {
            var columns: [SIMD8<Float>] = []
            swap(&columns, &waiting)
            for column in columns.indices {
                for empty in lane..<8 { columns[column][empty] = 0 }
            }
            multiply(columns.span)
            swap(&columns, &waiting)
        }
        for i in products.indices {
            let lanes = batch[i]
            var sum = 0.0
            for lane in 0..<8 { sum += Double(lanes[lane]) }
            products[i] += sum
            batch[i] = SIMD8()
        }
    }

    static func += (a: inout NormalSums, b: NormalSums) {
        for i in a.products.indices { a.products[i] += b.products[i] }
    }

    static func -= (a: inout NormalSums, b: NormalSums) {
        for i in a.products.indices { a.products[i] -= b.products[i] }
    }

    private func product(_ i: Int, _ j: Int) -> Double {
        let (i, j) = (min(i, j), max(i, j))
        return products[i * (count + 1) - i * (i - 1) / 2 + (j - i)]
    }

    /// The squares of the right-hand side.
    var squares: Double { product(count, count) }

    /// The solution, and what solves for other right-hand sides.
    ///
    /// A column that the ones before it explain, to a part in 10^8, is left out: its unknown is zero.
    func solve() -> Solution {
        let n = count
        let scale = (0..<n).map { product($0, $0) > 0 ? 1 / product($0, $0).squareRoot() : 0 }
        var lower = [Double](repeating: 0, count: n * n)
        for j in 0..<n {
            var pivot = product(j, j) * scale[j] * scale[j]
            for k in 0..<j { pivot -= lower[j * n + k] * lower[j * n + k] }
            guard pivot > 1e-8 else { continue }
            let root = pivot.squareRoot()
            lower[j * n + j] = root
            for i in (j + 1)..<max(n, j + 1) {
                var sum = product(i, j) * scale[i] * scale[j]
                for k in 0..<j { sum -= lower[i * n + k] * lower[j * n + k] }
                lower[i * n + j] = sum / root
            }
        }
        var solution = Solution(lower: lower, scale: scale)
        solution.values = solution.solved((0..<n).map { product($0, n) })
        solution.explained = (0..<n).reduce(0) { $0 + solution.values[$1] * product($1, n) }
        return solution
    }

    struct Solution: Sendable {
        fileprivate let lower: [Double]
        fileprivate let scale: [Double]
        /// One value for every unknown.
        fileprivate(set) var values: [Double] = []
        /// By how much the squares of the right-hand side shrink.
        fileprivate(set) var explained = 0.0

        fileprivate init(lower: [Double], scale: [Double]) {
            self.lower = lower
            self.scale = scale
        }

        /// Whether the columns say anything about unknown `index`.
        func determines(_ index: Int) -> Bool { lower[index * scale.count + index] > 0 }

        /// The inverse of the matrix times a vector.
        func solved(_ right: [Double]) -> [Double] {
            let n = right.count
            var values = zip(right, scale).map { $0 * $1 }
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
            return zip(values, scale).map { $0 * $1 }
        }
    }
}
