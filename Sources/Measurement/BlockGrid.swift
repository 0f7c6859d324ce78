import Morphology
import Volumes

/// A box cut into 6x6x6 blocks as equal as whole voxels allow, which join to 3x3x3 and 2x2x2.
struct BlockGrid {
    /// Blocks along each axis.
    static let edge = 6

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

    /// Voxels of each block that belong to the chosen components.
    func voxels(of parts: ConnectedComponents, where chosen: (Int) -> Bool) -> [Int] {
        var counts = BlockGrid.none
        parts.forEachRun { z, y, columns, component in
            if chosen(component) { add(z, y, columns, to: &counts) }
        }
        return counts
    }

    private static var none: [Int] { Array(repeating: 0, count: edge * edge * edge) }

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

/// Pore voxels and all voxels of the blocks of a sample, and what their scatter says.
///
/// The porosity of a rock is known from one sample only as well as the sample represents it. Cut into
/// n blocks of weights w (their shares of the voxels) and porosities p, the sample has the porosity
/// sum(w p), with the squared standard error n / (n - 1) sum(w^2 (p - porosity)^2) as long as blocks
/// are independent. Blocks of the size of the pores are not: neighbours share pores, which makes the
/// error too small; few blocks make it uncertain (8 blocks: by a quarter). So it is taken from 2x2x2
/// and from 3x3x3 blocks, and the greater counts. It says nothing of the choice of a threshold, which
/// is often the greater doubt.
struct BlockCounts {
    private let pores: [Int]
    private let view: [Int]

    /// Counts of the blocks of a ``BlockGrid``.
    init(pores: [Int], view: [Int]) {
        self.pores = pores
        self.view = view
    }

    /// All pore voxels over all voxels.
    var porosity: Double {
        Double(pores.reduce(0, +)) / Double(view.reduce(0, +))
    }

    /// One standard error of the porosity; `nil` if the sample is too small to be cut.
    var standardError: Double? {
        let errors = [standardError(blocksAlongAxis: 2), standardError(blocksAlongAxis: 3)]
        return errors.compactMap(\.self).max()
    }

    func standardError(blocksAlongAxis blocks: Int) -> Double? {
        let edge = BlockGrid.edge
        var joinedPores = [Int](repeating: 0, count: blocks * blocks * blocks)
        var joinedView = joinedPores
        for index in view.indices {
            let (z, y, x) = (index / (edge * edge), index / edge % edge, index % edge)
            let factor = edge / blocks
            let block = (z / factor * blocks + y / factor) * blocks + x / factor
            joinedPores[block] += pores[index]
            joinedView[block] += view[index]
        }
        let occupied = joinedView.indices.filter { joinedView[$0] > 0 }
        guard occupied.count > 1 else { return nil }
        let total = Double(joinedView.reduce(0, +))
        let mean = porosity
        let squares = occupied.reduce(0.0) { sum, block in
            let deviation =
                (Double(joinedPores[block]) - mean * Double(joinedView[block])) / total
            return sum + deviation * deviation
        }
        let count = Double(occupied.count)
        return (count / (count - 1) * squares).squareRoot()
    }
}
