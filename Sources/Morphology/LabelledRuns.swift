import Volumes

/// The runs of a slab and the connected part each belongs to; what both forms of connected components
/// are made by.
struct LabelledRuns: Sendable {
    /// Slices whose runs one core joins.
    private static let chunk = 16

    /// The runs.
    let table: RunTable
    /// The part of every run, from 0 in the order of the parts' first runs.
    let labels: [UInt32]
    /// The number of parts.
    let count: Int
    /// Where the slab begins in its volume.
    let offset: Int
    /// The extent of the volume.
    let shape: Shape

    /// Joins the runs inside `fieldOfView` of `slab`, which begins with slice `offset` of a volume of
    /// `shape`: chunks of slices on all cores, then the seams between them.
    init(
        _ slab: Mask, offset: Int, in shape: Shape, connectivity: Connectivity,
        within fieldOfView: FieldOfView
    ) {
        let depth = slab.shape.depth
        var chunks = concurrentMap(count: (depth - 1) / LabelledRuns.chunk + 1) { index in
            let first = index * LabelledRuns.chunk
            let table = RunTable(
                slab, slices: first..<min(first + LabelledRuns.chunk, depth), offset: offset,
                in: shape, within: fieldOfView)
            return (table, LabelledRuns.joined(table, connectivity))
        }
        let runs = chunks.reduce(0) { $0 + $1.0.runs.count }
        precondition(runs < UInt32.max, "the runs of a mask can be numbered in 32 bits")
        chunks.reverse()
        guard var (table, sets) = chunks.popLast() else {
            preconditionFailure("a slab has slices")
        }
        if !chunks.isEmpty { table.reserve(runs: runs, slices: depth) }
        // What has been taken over is gone, as memory for all of it twice would be much.
        while let (next, nextSets) = chunks.popLast() {
            table.append(next)
            sets.append(nextSets)
            let seam = table.depth - next.depth
            table.forEachTouch(z: seam - 1, table, other: seam, connectivity) {
                sets.join(UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $1))
            }
        }
        self.table = table
        (labels, count) = sets.numbered()
        self.offset = offset
        self.shape = shape
    }

    /// The runs of a chunk in sets of those that are connected in it.
    private static func joined(_ table: RunTable, _ connectivity: Connectivity) -> DisjointSets {
        var sets = DisjointSets(count: table.runs.count)
        for z in 0..<table.depth {
            for y in 1..<max(table.height, 1) {
                RunTable.forEachTouch(
                    table.runs, table.inRow(z: z, y: y - 1), table.runs, table.inRow(z: z, y: y),
                    connectivity
                ) { sets.join(UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $1)) }
            }
            if z == 0 { continue }
            table.forEachTouch(z: z - 1, table, other: z, connectivity) {
                sets.join(UInt32(truncatingIfNeeded: $0), UInt32(truncatingIfNeeded: $1))
            }
        }
        return sets
    }
}
