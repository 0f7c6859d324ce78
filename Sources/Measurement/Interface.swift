public import Volumes

/// Measures the surface between pore and solid, its mean curvature and the Euler number of the pores,
/// in one pass.
///
/// All of it follows from how often each of the 256 patterns of 2x2x2 voxels occurs, and how often
/// voxels two steps apart differ. Densities are taken from cells that lie in view whole, each as often
/// as the others, so that the edge of the field of view adds nothing (Ohser, Nagel and Schladitz 2002,
/// doi:10.1007/3-540-45782-8_12); they are without bias for a rock that is alike everywhere, and not
/// the surface of one object in a box divided by the box. The Euler numbers are those of the pores in
/// view as they stand, with solid around.
///
/// Voxels may be longer along one axis: directions keep their lengths and the part of the sphere they
/// stand for. Marching cubes want cubes.
///
/// An image (one slice) has the length of its perimeter and its Euler number for an area instead.
public struct InterfaceAccumulator: PoreAccumulator {
    private var slices: PackedSlices
    private let grid: BlockGrid
    private let counter: InterfaceCounter
    let voxelSize: VoxelSize?
    private(set) var counts = InterfaceCounts()

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    /// - Complexity: Linear in voxels; two slices of bits and those of a slab.
    public init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        slices = try PackedSlices(shape, within: fieldOfView, reach: 2)
        grid = BlockGrid(slices.window.bounds)
        counter = InterfaceCounter(slices.window, grid)
        self.voxelSize = voxelSize
    }

    private var depth: Int { slices.window.bounds.shape.depth }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        let wasComplete = slices.isComplete
        slices.add(slab)
        // Slices of one layer of blocks, a few at a time.
        var runs: [Range<Int>] = []
        let layers = grid.blocksOfSlices
        for index in slices.firstNew..<slices.slices.count {
            if let run = runs.last, run.count < 8,
                layers[slices.place(of: run.lowerBound)] == layers[slices.place(of: index)]
            {
                runs[runs.count - 1] = run.lowerBound..<(index + 1)
            } else {
                runs.append(index..<(index + 1))
            }
        }
        let (packed, counter, chunks) = (slices, counter, runs)
        for part in concurrentMap(
            count: runs.count,
            { chunk in
                var part = InterfaceCounts.Part(
                    layer: layers[packed.place(of: chunks[chunk].lowerBound)])
                for index in chunks[chunk] {
                    let slice = packed.slices[index]
                    let isFirst = packed.place(of: index) == 0
                    counter.countCells(
                        index > 0 ? packed.slices[index - 1] : nil, slice,
                        isInside: !isFirst || layers.count == 1, to: &part)
                    counter.countSecond(
                        index > 1 ? packed.slices[index - 2] : nil, slice, to: &part)
                }
                return part
            })
        {
            counts.add(part)
        }
        if slices.isComplete, !wasComplete, let last = slices.slices.last {
            var part = InterfaceCounts.Part(layer: 0)
            counter.countCells(last, nil, isInside: false, to: &part)
            counts.add(part)
        }
    }

    /// What was found.
    public func findings() -> PoreFindings {
        precondition(slices.isComplete, "all slices have been added")
        let directions = LatticeDirections.steps.indices
        return InterfaceEstimates(
            counts, cells: counter.cells(grid),
            pairs: directions.map { counter.pairs(grid, direction: $0) },
            isImage: depth == 1, voxelSize: voxelSize
        ).findings
    }
}
