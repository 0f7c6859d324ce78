/// The blocks of a registration that say something, and how noisy they are.
struct MeasuredBlocks: Sendable {
    let blocks: [BlockShift]
    /// The axes along which shifts were measured: all, or y and x of images.
    let axes: [Int]
    let lattice: BlockLattice
    /// By how much the shifts' variances exceed what their fits made of them.
    let noiseInflation: Double

    /// Drops what is not finite, and blocks without texture: those with more than a hundred times
    /// the variance of the lower quartile.
    init(_ all: [BlockShift]) {
        let axes = (0..<3).filter { axis in all.contains { $0.covariance.variances[axis] > 0 } }
        func variance(_ block: BlockShift) -> Double {
            axes.reduce(0) { $0 + block.covariance.variances[$1] }
        }
        let sound = all.filter { block in
            let numbers = [block.position, block.shift, block.covariance.products]
            return numbers.allSatisfy { $0.sum().isFinite }
                && variance(block).isFinite
                && axes.allSatisfy { block.covariance.variances[$0] > 0 }
        }
        let variances = sound.map(variance).sorted()
        blocks = sound.filter { variance($0) <= 100 * variances[variances.count / 4] }
        self.axes = axes
        lattice = BlockLattice(blocks.map(\.position))
        noiseInflation = MeasuredBlocks.inflation(of: blocks, axes: axes, lattice)
    }

    /// The shifts along an axis, in micrometres.
    func shifts(_ axis: Int) -> [Double] { blocks.map { $0.shift[axis] } }

    /// Their standard deviations, in micrometres, inflated.
    func deviations(_ axis: Int) -> [Double] {
        blocks.map { ($0.covariance.variances[axis] * noiseInflation).squareRoot() }
    }

    /// The factor by which covariances are too small, from differences d of neighbours' shifts:
    ///
    ///     (median of |d - median d| / sqrt(var_1 + var_2) / 0.6745)^2
    ///
    /// Neighbours share a smooth drift. What a linear one adds to differences is their median along
    /// each direction, and is taken off; a curved one leaves a little, which errs to the safe side.
    private static func inflation(of blocks: [BlockShift], axes: [Int], _ lattice: BlockLattice)
        -> Double
    {
        var relative: [Double] = []
        for pairs in lattice.neighbours {
            for axis in axes {
                let differences = pairs.map { blocks[$1].shift[axis] - blocks[$0].shift[axis] }
                let common = median(differences)
                for (pair, difference) in zip(pairs, differences) {
                    let variance =
                        blocks[pair.0].covariance.variances[axis]
                        + blocks[pair.1].covariance.variances[axis]
                    relative.append(abs(difference - common) / variance.squareRoot())
                }
            }
        }
        if relative.count < 8 {
            relative = axes.flatMap { axis in
                blocks.map { abs($0.shift[axis]) / $0.covariance.variances[axis].squareRoot() }
            }
        }
        // Shifts without any noise are those of a test; they need some number to be divided by.
        let spread = max(1e-3, median(relative) / normalQuartile)
        return spread * spread
    }
}
