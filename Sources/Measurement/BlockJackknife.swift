/// Standard errors of what is computed from sums over blocks, but is no ratio of them.
///
/// Each block is left out in turn; how much the results differ tells how much they would between samples
/// (Efron and Stein 1981, doi:10.1214/aos/1176345462). Of 2x2x2 and of 3x3x3 blocks the
/// greater error counts, as for ``BlockRatio``.
enum BlockJackknife {
    /// One standard error of each result.
    ///
    /// - Parameters:
    ///   - denominators: What the blocks weigh; those without weight are no blocks.
    ///   - estimate: The results from the blocks of a ``BlockGrid`` for which it is told true.
    /// - Returns: `nil` if the sample is too small to be cut, or there is no result without one of the
    ///   blocks.
    static func standardErrors(
        _ denominators: [Int], _ estimate: ([Bool]) -> [Double]?
    ) -> [Double]? {
        var errors: [Double]?
        for blocks in [2, 3] {
            let groups = denominators.indices.map { BlockGrid.joined($0, blocksAlongAxis: blocks) }
            let occupied = Set(
                denominators.indices.filter { denominators[$0] > 0 }.map { groups[$0] })
            guard occupied.count > 1 else { continue }
            var results: [[Double]] = []
            for left in occupied.sorted() {
                guard let result = estimate(groups.map { $0 != left }) else { return nil }
                results.append(result)
            }
            let count = Double(results.count)
            let found = results[0].indices.map { index in
                let mean = results.reduce(0) { $0 + $1[index] } / count
                let squares = results.reduce(0) { sum, result in
                    sum + (result[index] - mean) * (result[index] - mean)
                }
                return ((count - 1) / count * squares).squareRoot()
            }
            errors = errors.map { zip($0, found).map(max) } ?? found
        }
        return errors
    }
}
