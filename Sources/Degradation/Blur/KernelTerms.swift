/// A kernel as a sum of products of a column and a row, where that saves work.
///
/// A Gaussian along the axes is one such product; a tilted one, a plateau or a sinc is the sum of a
/// few, as its rows are nearly combinations of few rows. They are found by cross approximation with
/// full pivoting (Bebendorf 2000, doi:10.1007/PL00005410), until what is left could change no pixel of
/// a picture in 0...1 by more than single precision does.
struct KernelTerms {
    /// Half of what remains of the kernel's side after the rim of no weight was cut off.
    let radius: Int
    /// Columns and rows, each of `2 * radius + 1` weights; empty if the kernel is applied as it is.
    let terms: [(column: [Float], row: [Float])]
    /// The kernel row by row, for kernels that are not nearly separable.
    let direct: [Float]

    /// What may be left out, as a share of the kernel's absolute sum.
    private static let tolerance = 3e-7

    init(_ kernel: BlurKernel) {
        var (size, weights) = (kernel.size, kernel.weights)
        let allowed = KernelTerms.tolerance * weights.reduce(0) { $0 + abs($1) }
        while size > 1 {
            var rim = 0.0
            for index in 0..<size {
                rim += abs(weights[index]) + abs(weights[(size - 1) * size + index])
                rim += abs(weights[index * size]) + abs(weights[index * size + size - 1])
            }
            guard rim < allowed / 4 else { break }
            var inner: [Double] = []
            for y in 1..<(size - 1) {
                inner += weights[(y * size + 1)..<(y * size + size - 1)]
            }
            (size, weights) = (size - 2, inner)
        }
        radius = size / 2
        direct = weights.map { Float($0) }
        // Two passes of `size` taps for a term, against `size * size` at once.
        var found: [(column: [Float], row: [Float])] = []
        var rest = weights
        while 2 * (found.count + 1) < size {
            var pivot = 0
            for index in rest.indices where abs(rest[index]) > abs(rest[pivot]) { pivot = index }
            let value = rest[pivot]
            guard value != 0 else { break }
            let (pivotRow, pivotColumn) = (pivot / size, pivot % size)
            let column = (0..<size).map { rest[$0 * size + pivotColumn] }
            let row = (0..<size).map { rest[pivotRow * size + $0] / value }
            var left = 0.0
            for y in 0..<size {
                for x in 0..<size {
                    rest[y * size + x] -= column[y] * row[x]
                    left += abs(rest[y * size + x])
                }
            }
            found.append((column.map { Float($0) }, row.map { Float($0) }))
            if left <= allowed {
                terms = found
                return
            }
        }
        terms = []
    }
}
