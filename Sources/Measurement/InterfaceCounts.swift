import Volumes

/// How often each pattern of pore and solid occurs, by block: all that surface, curvature and Euler
/// number are made of.
struct InterfaceCounts: Sendable {
    /// Cells of eight voxels in view, by block and pattern; in an image those of four, in the upper
    /// half of the pattern.
    var cells = [Int](repeating: 0, count: BlockGrid.count * 256)
    /// Cells of which a part is out of view, which counts as solid, by pattern.
    var border = [Int](repeating: 0, count: 256)
    /// Pairs of voxels two steps apart of which one is pore, by direction and block.
    var second = [Int](repeating: 0, count: LatticeDirections.steps.count * BlockGrid.count)

    mutating func add(_ part: Part) {
        let cells = part.blocks * 256
        for index in part.cells.indices { self.cells[cells + index] += Int(part.cells[index]) }
        for index in border.indices { border[index] += Int(part.border[index]) }
        let inPlane = BlockGrid.edge * BlockGrid.edge
        for direction in LatticeDirections.steps.indices {
            for block in 0..<inPlane {
                second[direction * BlockGrid.count + part.blocks + block] +=
                    Int(part.second[direction * inPlane + block])
            }
        }
    }

    /// The counts of some slices of one layer of blocks.
    struct Part: Sendable {
        /// The first block of the layer.
        let blocks: Int
        var cells = [UInt32](repeating: 0, count: BlockGrid.edge * BlockGrid.edge * 256)
        var border = [UInt32](repeating: 0, count: 256)
        var second = [UInt32](
            repeating: 0, count: LatticeDirections.steps.count * BlockGrid.edge * BlockGrid.edge)

        init(layer: Int) { blocks = layer * BlockGrid.edge * BlockGrid.edge }
    }
}
