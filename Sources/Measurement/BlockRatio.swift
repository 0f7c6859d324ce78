/// What adds up over the blocks of a sample, over what it is counted in: pore voxels over voxels,
/// surface over volume, Euler numbers over volume; and what the scatter of the blocks says.
///
/// A property of a rock is known from one sample only as well as the sample represents it. Cut into
/// n blocks of weights w (their shares of the denominator) and ratios p, the sample has the ratio
/// r = sum(w p), with the squared standard error n / (n - 1) sum(w^2 (p - r)^2) as long as blocks are
/// independent. Blocks of the size of the pores are not: neighbours share pores, which makes the error
/// too small; few blocks make it uncertain (8 blocks: by a quarter). So it is taken from 2x2x2 and
/// from 3x3x3 blocks, and the greater counts. It says nothing of the choice of a threshold, which is
/// often the greater doubt.
struct BlockRatio {
    private let numerators: [Double]
    private let denominators: [Double]

    /// Sums of the blocks of a ``BlockGrid``; the denominators are not negative.
    init(_ numerators: [Double], over denominators: [Double]) {
        precondition(
            numerators.count == BlockGrid.count && denominators.count == BlockGrid.count,
            "a sum for every block")
        self.numerators = numerators
        self.denominators = denominators
    }

    /// Counts of the blocks of a ``BlockGrid``.
    init(_ counts: [Int], over denominators: [Int]) {
        self.init(counts.map(Double.init), over: denominators.map(Double.init))
    }

    /// The sum of all numerators over that of all denominators; not a number if there is nothing.
    var value: Double { numerators.reduce(0, +) / denominators.reduce(0, +) }

    /// One standard error of the ratio; `nil` if the sample is too small to be cut.
    var standardError: Double? {
        let errors = [standardError(blocksAlongAxis: 2), standardError(blocksAlongAxis: 3)]
        return errors.compactMap(\.self).max()
    }

    func standardError(blocksAlongAxis blocks: Int) -> Double? {
        var joined = [(numerator: Double, denominator: Double)](
            repeating: (0, 0), count: blocks * blocks * blocks)
        for index in denominators.indices {
            let block = BlockGrid.joined(index, blocksAlongAxis: blocks)
            joined[block].numerator += numerators[index]
            joined[block].denominator += denominators[index]
        }
        let occupied = joined.filter { $0.denominator > 0 }
        guard occupied.count > 1 else { return nil }
        let total = denominators.reduce(0, +)
        let mean = value
        let squares = occupied.reduce(0.0) { sum, block in
            let deviation = (block.numerator - mean * block.denominator) / total
            return sum + deviation * deviation
        }
        let count = Double(occupied.count)
        return (count / (count - 1) * squares).squareRoot()
    }
}
