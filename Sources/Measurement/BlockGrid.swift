import Morphology
import Volumes

/// A box cut into 6x6x6 blocks as equal as whole voxels allow, which join to 3x3x3 and 2x2x2.
struct BlockGrid {
    /// Blocks along each axis.
    static let edge = 6
    /// Blocks in all, in the order (z, y, x).
    static let count = edge * edge * edge

    /// The one of `blocks` blocks an axis (2 or 3) that a block is part of.
    static func joined(_ block: Int, blocksAlongAxis blocks: Int) -> Int {
        let (z, y, x) = (block / (edge * edge), block / edge % edge, block % edge)
        let factor = edge / blocks
        return (z / factor * blocks + y / factor) * blocks + x / factor
    }

    private let bounds: Region
    /// The blocks of the slices and rows of the box, and the first columns of the blocks along x.
    private let blockOfSlice: [Int]
    private let blockOfRow: [Int]
    private let columnCuts: [Int]

    init(_ bounds: Region) {
        self.bounds = bounds
        func blocks(_ extent: Int) -> [Int] { (0..<extent).map { $0 * BlockGrid.edge / extent } }
        blockOfSlice = blocks(bounds.shape.depth)
        blockOfRow = blocks(bounds.shape.height)
        let columns = blocks(bounds.shape.width)
        columnCuts = (0...BlockGrid.edge).map { block in
            bounds.x + (columns.firstIndex { $0 >= block } ?? bounds.shape.width)
        }
    }

    /// Voxels of each block that lie in a field of view whose bounds are those of the grid.
    func voxels(within fieldOfView: FieldOfView, in shape: Shape) -> [Int] {
        var counts = BlockGrid.none
        for z in bounds.slices {
            for y in bounds.rows {
                add(z, y, fieldOfView.columns(z: z, y: y, in: shape), to: &counts)
            }
        }
        return counts
    }

    /// The blocks as cells of a volume of `shape`; what is outside the box belongs to its nearest block.
    func cells(in shape: Shape) -> CellGrid {
        func all(_ blocks: [Int], from first: Int, of extent: Int) -> [Int] {
            (0..<extent).map { blocks[min(max($0 - first, 0), blocks.count - 1)] }
        }
        return CellGrid(
            ofSlices: all(blockOfSlice, from: bounds.z, of: shape.depth),
            ofRows: all(blockOfRow, from: bounds.y, of: shape.height),
            ofColumns: all(
                (0..<bounds.shape.width).map(blockOfColumn), from: bounds.x, of: shape.width))
    }

    /// The row of blocks that each row of the box lies in, and the layer of each slice.
    var blocksOfRows: [Int] { blockOfRow }
    var blocksOfSlices: [Int] { blockOfSlice }

    /// The block along x of a column of the box, counted from its first.
    func blockOfColumn(_ column: Int) -> Int {
        (0..<BlockGrid.edge).last { columnCuts[$0] - bounds.x <= column } ?? 0
    }

    /// Sums over the blocks what each row of each slice of the box has, in columns from its first.
    ///
    /// - Parameter columns: By slice and row, from the first of the box.
    func counts(_ columns: (_ z: Int, _ y: Int) -> Range<Int>) -> [Int] {
        var counts = BlockGrid.none
        for (slice, layer) in blockOfSlice.enumerated() {
            for row in blockOfRow.indices {
                let inside = columns(slice, row)
                let first = (layer * BlockGrid.edge + blockOfRow[row]) * BlockGrid.edge
                for block in 0..<BlockGrid.edge where !inside.isEmpty {
                    let cut = columnCuts[block] - bounds.x..<columnCuts[block + 1] - bounds.x
                    counts[first + block] += inside.clamped(to: cut).count
                }
            }
        }
        return counts
    }

    private static var none: [Int] { Array(repeating: 0, count: count) }

    private func add(_ z: Int, _ y: Int, _ columns: Range<Int>, to counts: inout [Int]) {
        let row =
            (blockOfSlice[z - bounds.z] * BlockGrid.edge + blockOfRow[y - bounds.y])
            * BlockGrid.edge
        for block in 0..<BlockGrid.edge {
            let cut = columnCuts[block]..<columnCuts[block + 1]
            counts[row + block] += columns.clamped(to: cut).count
        }
    }
}
