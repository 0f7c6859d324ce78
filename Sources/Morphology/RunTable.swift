import Volumes

/// The true voxels of consecutive slices as runs along x, row by row.
struct RunTable: Sendable {
    /// Consecutive true voxels of a row.
    struct Run: Sendable {
        /// The first column.
        let start: UInt32
        /// The column after the last.
        let end: UInt32

        /// The columns.
        var columns: Range<Int> { Int(start)..<Int(end) }
    }

    /// The runs in storage order.
    private(set) var runs: [Run] = []
    /// Rows a slice.
    let height: Int
    /// The first run of every row, and the number of runs.
    private var firstOfRow: [Int] = [0]

    /// Takes the runs inside `fieldOfView` of some slices of `slab`, which begins with slice `offset`
    /// of a volume of `shape`.
    init(
        _ slab: Mask, slices: Range<Int>, offset: Int, in shape: Shape,
        within fieldOfView: FieldOfView
    ) {
        height = shape.height
        firstOfRow.reserveCapacity(slices.count * height + 1)
        slab.withVoxels { voxels in
            for z in slices {
                for y in 0..<height {
                    let columns = fieldOfView.columns(z: offset + z, y: y, in: shape)
                    let start = (z * height + y) * shape.width + columns.lowerBound
                    let row = voxels.extracting(start..<(start + columns.count))
                    let first = UInt32(truncatingIfNeeded: columns.lowerBound)
                    var scanner = RowScanner()
                    while let run = scanner.next(in: row) {
                        runs.append(
                            Run(
                                start: first &+ UInt32(truncatingIfNeeded: run.lowerBound),
                                end: first &+ UInt32(truncatingIfNeeded: run.upperBound)))
                    }
                    firstOfRow.append(runs.count)
                }
            }
        }
    }

    /// The slices covered.
    var depth: Int { (firstOfRow.count - 1) / height }

    /// The indices of the runs of row `y` of slice `z`.
    @inline(__always)
    func inRow(z: Int, y: Int) -> Range<Int> {
        firstOfRow[z * height + y]..<firstOfRow[z * height + y + 1]
    }

    /// The indices of the runs of slice `z`.
    func inSlice(_ z: Int) -> Range<Int> {
        firstOfRow[z * height]..<firstOfRow[(z + 1) * height]
    }

    /// Makes room for a number of runs and rows.
    mutating func reserve(runs count: Int, slices: Int) {
        runs.reserveCapacity(count)
        firstOfRow.reserveCapacity(slices * height + 1)
    }

    /// Adds the slices that follow.
    mutating func append(_ next: RunTable) {
        let before = runs.count
        runs += next.runs
        for first in next.firstOfRow.dropFirst() { firstOfRow.append(before + first) }
    }

    /// The runs of one slice alone.
    func slice(_ z: Int) -> RunTable {
        var slice = self
        let runs = inSlice(z)
        slice.runs = Array(self.runs[runs])
        slice.firstOfRow = firstOfRow[(z * height)...((z + 1) * height)]
            .map { $0 - runs.lowerBound }
        return slice
    }

    /// Calls `body` with every run of slice `z` and every run of slice `other` of `next` that touch
    /// under `connectivity`.
    @inline(__always)
    func forEachTouch(
        z: Int, _ next: RunTable, other: Int, _ connectivity: Connectivity,
        _ body: (Int, Int) -> Void
    ) {
        let reach = connectivity == .faces ? 0 : 1
        for y in 0..<height {
            let here = next.inRow(z: other, y: y)
            if here.isEmpty { continue }
            for row in max(y - reach, 0)...min(y + reach, height - 1) {
                RunTable.forEachTouch(
                    runs, inRow(z: z, y: row), next.runs, here, connectivity, body)
            }
        }
    }

    /// Calls `body` with the runs of two rows that overlap or, unless only faces count, touch.
    @inline(__always)
    static func forEachTouch(
        _ left: [Run], _ leftRange: Range<Int>, _ right: [Run], _ rightRange: Range<Int>,
        _ connectivity: Connectivity, _ body: (Int, Int) -> Void
    ) {
        let reach: UInt32 = connectivity == .faces ? 0 : 1
        var i = leftRange.lowerBound
        var j = rightRange.lowerBound
        while i < leftRange.upperBound && j < rightRange.upperBound {
            let (a, b) = (left[i], right[j])
            if a.start < b.end &+ reach && b.start < a.end &+ reach { body(i, j) }
            if a.end < b.end { i += 1 } else { j += 1 }
        }
    }
}
