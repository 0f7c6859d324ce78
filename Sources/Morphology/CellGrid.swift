/// A volume cut into boxes by planes, whose voxels are counted box by box.
public struct CellGrid: Sendable {
    /// The layer of cells of every slice, and the row of cells of every row.
    private let cellOfSlice: [Int]
    private let cellOfRow: [Int]
    /// The cell of every column, and the first column of each cell and the end of the last.
    let cellOfColumn: [Int]
    let columnCuts: [Int]
    private let rows: Int
    private let columns: Int

    /// Cells by the slices, rows and columns of a volume: numbers from 0 that rise by 1 now and then.
    public init(ofSlices slices: [Int], ofRows rows: [Int], ofColumns columns: [Int]) {
        cellOfSlice = slices
        cellOfRow = rows
        cellOfColumn = columns
        self.rows = (rows.last ?? 0) + 1
        let count = (columns.last ?? 0) + 1
        self.columns = count
        columnCuts = (0...count).map { cell in
            columns.firstIndex { $0 >= cell } ?? columns.count
        }
    }

    /// The number of the first cell along a row, in the order (z, y, x).
    func firstCell(z: Int, y: Int) -> Int {
        (cellOfSlice[z] * rows + cellOfRow[y]) * columns
    }
}

/// How many voxels of something lie in which cells of a grid.
///
/// Most parts of a pore space lie in one cell, and need no more than its number.
public struct CellCounts: Hashable, Sendable {
    private var cell = -1
    private var count = 0
    private var others: [Int: Int] = [:]

    @inline(__always)
    mutating func add(_ voxels: Int, in cell: Int) {
        if self.cell == cell || self.cell < 0 {
            self.cell = cell
            count += voxels
        } else {
            others[cell, default: 0] += voxels
        }
    }

    mutating func add(_ more: CellCounts) {
        if more.cell < 0 { return }
        add(more.count, in: more.cell)
        for (cell, voxels) in more.others { add(voxels, in: cell) }
    }

    /// Adds these voxels to as many sums as the grid has cells.
    public func add(to sums: inout [Int]) {
        if cell < 0 { return }
        sums[cell] += count
        for (cell, voxels) in others { sums[cell] += voxels }
    }
}
