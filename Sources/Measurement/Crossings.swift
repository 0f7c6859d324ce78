/// How often lines cross from one phase to the other, by direction, extrapolated to steps of no length.
///
/// A step of length h sees P(h) crossings, at most one; one of 2 h misses more of them. Twice the one
/// rate less the other takes away what is missed in proportion to the step.
struct Crossings {
    /// Why there are none.
    static let tooThin = "the field of view is less than three voxels wide along an axis"

    let directions: LatticeDirections
    /// Crossings over length of line, of each direction; 0 for those without a share.
    private(set) var perLength: [Double]
    /// The same of each block, times its cells.
    private(set) var ofBlocks: [[Double]]

    /// `nil` if there are no pairs two steps apart, or no cells.
    init?(
        _ counts: InterfaceCounts, _ cells: [Int], _ pairs: [[Int]], _ edges: SIMD3<Double>,
        isImage: Bool
    ) {
        directions = LatticeDirections(edges: edges, inPlane: isImage)
        let cellCount = Double(cells.reduce(0, +))
        let totals = pairs.map { $0.reduce(0, +) }
        perLength = Array(repeating: 0, count: totals.count)
        ofBlocks = totals.map { _ in [] }
        guard cellCount > 0 else { return nil }
        for direction in totals.indices where directions.shares[direction] > 0 {
            guard totals[direction] > 0 else { return nil }
            let first = crossingsOfCells(counts, direction, isImage: isImage)
            let second = (0..<BlockGrid.count).map {
                counts.second[direction * BlockGrid.count + $0]
            }
            let secondShare = Double(second.reduce(0, +)) / Double(totals[direction])
            let length = directions.lengths[direction]
            perLength[direction] =
                (2 * first.reduce(0, +) / cellCount - secondShare / 2) / length
            ofBlocks[direction] = first.indices.map { block in
                // Blocks without pairs have the mean of all.
                let share =
                    pairs[direction][block] > 0
                    ? Double(second[block]) / Double(pairs[direction][block]) : secondShare
                return (2 * first[block] - share / 2 * Double(cells[block])) / length
            }
        }
    }
}

/// Crossings over a step of a direction in each cell, summed over the cells of each block.
func crossingsOfCells(
    _ counts: InterfaceCounts, _ direction: Int, isImage: Bool
) -> [Double] {
    let crossings = CellTables.transitions[direction]
    // An image's cells have only the pairs of their upper half.
    let pairsOfCell = Double(CellTables.pairs[direction].count / (isImage ? 2 : 1))
    let weights = crossings.indices.map { pattern in
        isImage
            ? (LatticeDirections.steps[direction].x == 0 ? crossings[pattern & 0xF0] : 0)
            : crossings[pattern]
    }
    return (0..<BlockGrid.count).map { block in
        let sum = (0..<256).reduce(0) { $0 + weights[$1] * counts.cells[block * 256 + $1] }
        return Double(sum) / max(pairsOfCell, 1)
    }
}
