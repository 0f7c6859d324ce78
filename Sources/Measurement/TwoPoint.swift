public import Volumes

/// Measures how likely two places some distance apart are both pore: the two-point correlation S2.
///
/// Pairs are counted exactly, along each axis and along the ten diagonals of neighbouring voxels, up to
/// 64 voxels apart, each pair in view as often as any other.
///
/// - The curves along z, y and x are at whole voxels.
/// - The curve without an axis is the mean over directions, at multiples of the shortest edge of a
///   voxel: each of thirteen directions (four in an image) stands for the part of the sphere nearest to
///   it, and is interpolated between its steps by cubics.
public struct TwoPointAccumulator: PoreAccumulator {
    /// The longest lag, in steps.
    static let reach = 64

    private var slices: PackedSlices
    private let voxelSize: VoxelSize?
    /// The first of the directions that are looked along: the axes, or all.
    private let directions: Int
    /// Pairs of pores of each direction and lag; lag 0 is that of the first.
    private(set) var counts = [Int](
        repeating: 0, count: LatticeDirections.steps.count * (reach + 1))
    /// The lags of each direction; as far apart as the axes' or a little less.
    private static let lags = LatticeDirections.steps.map { step in
        Int((Double(reach) / Double((step &* step).wrappedSum()).squareRoot()).rounded(.up)) + 1
    }.map { min($0, reach) }

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    /// - Complexity: 600 lags a voxel, at less than half an instruction each; 64 slices of bits and
    ///   those of a slab.
    public init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        try self.init(
            shape, voxelSize: voxelSize, within: fieldOfView,
            directions: LatticeDirections.steps.count)
    }

    /// For the first so many directions only.
    init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView,
        directions: Int
    ) throws(MeasurementError) {
        slices = try PackedSlices(
            shape, within: fieldOfView, reach: TwoPointAccumulator.reach, apart: true)
        self.voxelSize = voxelSize
        self.directions = directions
    }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        slices.add(slab)
        let (packed, directions) = (slices, directions)
        let new = packed.firstNew..<packed.slices.count
        for part in concurrentMap(
            count: new.count, { TwoPointAccumulator.pairs(packed, new.lowerBound + $0, directions) }
        ) {
            for index in part.indices { counts[index] += part[index] }
        }
    }

    /// The pairs of which the later voxel lies in a slice.
    private static func pairs(
        _ packed: PackedSlices, _ index: Int, _ directions: Int
    ) -> [Int] {
        var counts = [Int](
            repeating: 0, count: LatticeDirections.steps.count * (reach + 1))
        let words = packed.window.wordsPerRow
        let height = packed.window.height
        let slice = packed.slices[index]
        counts[0] = slice.reduce(0) { $0 + $1.nonzeroBitCount }
        for (direction, step) in LatticeDirections.steps.prefix(directions).enumerated() {
            for lag in 1...lags[direction] {
                let rows = height - lag * abs(step.y)
                guard rows > 0, index >= lag * step.x else { break }
                let other = packed.slices[index - lag * step.x]
                // Rows here, and those before them, that are in the slice both.
                let here = max(0, lag * step.y) * words
                let there = max(0, -lag * step.y) * words
                counts[direction * (reach + 1) + lag] = commonBits(
                    slice.span.extracting(here..<here + rows * words),
                    other.span.extracting(there..<there + rows * words), movedBy: lag * step.z)
            }
        }
        return counts
    }

    /// The share of pairs that are both pore, of each direction, at each lag from 0.
    var along: [[Double]] {
        let window = slices.window
        let voxels = window.columns.reduce(0) { $0 + $1.count } * window.bounds.shape.depth
        let porosity = Double(counts[0]) / Double(voxels)
        return LatticeDirections.steps.enumerated().map { direction, step in
            var values = [porosity]
            for lag in 1...TwoPointAccumulator.lags[direction] {
                let pairs = window.pairs(step, times: lag)
                if pairs == 0 { break }
                let index = direction * (TwoPointAccumulator.reach + 1) + lag
                values.append(Double(counts[index]) / Double(pairs))
            }
            return values
        }
    }

    /// What was found.
    public func findings() -> PoreFindings {
        precondition(slices.isComplete, "all slices have been added")
        return TwoPointEstimates(
            along, isImage: slices.window.bounds.shape.depth == 1, voxelSize: voxelSize
        ).findings
    }
}
