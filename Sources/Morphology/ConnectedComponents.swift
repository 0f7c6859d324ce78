public import Volumes

/// Which neighbours of a voxel count as connected to it.
public enum Connectivity: Sendable, CaseIterable {
    /// The 6 that share a face.
    case faces
    /// The 26 that share a face, an edge or a corner.
    case facesEdgesAndCorners
}

/// The connected parts of a mask, numbered from 1 in the order of their first voxels (z, y, x), as
/// `scipy.ndimage.label` does.
///
/// They are kept as runs of voxels along x, so that a count needs no volume of labels; see
/// ``labels()`` for one, and ``ComponentStream`` for masks that are not held whole. The same on any
/// number of cores.
///
/// - Complexity: Linear in voxels; twelve bytes a run.
public struct ConnectedComponents: Sendable {
    /// The extent of the mask.
    public let shape: Shape
    /// Where parts were looked for.
    public let fieldOfView: FieldOfView
    private let runs: LabelledRuns

    /// The number of parts.
    public var count: Int { runs.count }

    /// Finds the parts of `mask` that lie inside `fieldOfView`, which overlaps the mask.
    ///
    /// The mask has fewer than 2^32 - 1 runs and rows shorter than 2^32 voxels.
    public init(
        of mask: Mask, connectivity: Connectivity = .faces, within fieldOfView: FieldOfView = .all
    ) {
        precondition(
            fieldOfView.bounds(in: mask.shape) != nil, "a field of view overlaps its volume")
        shape = mask.shape
        self.fieldOfView = fieldOfView
        runs = LabelledRuns(
            mask, offset: 0, in: shape, connectivity: connectivity, within: fieldOfView)
    }

    /// The parts; that of label `n` is at `n - 1`. They are put together when they are asked for: keep
    /// them where they are needed twice.
    ///
    /// - Complexity: Linear in runs; 96 bytes a part.
    public var components: [Component] { runs.components(within: fieldOfView) }

    /// The parts as a volume of labels, 0 outside every part.
    public func labels() -> Volume<UInt32> {
        let table = runs.table
        return Volume(shape: shape, voxelSize: nil) { (rows: ConcurrentRows<UInt32>) in
            _ = concurrentMap(count: shape.depth) { z in
                for y in 0..<shape.height {
                    let row = (z * shape.height + y) * shape.width
                    rows.withRow(at: row, count: shape.width) { voxels in
                        var done = 0
                        for index in table.inRow(z: z, y: y) {
                            let run = table.runs[index].columns
                            for x in done..<run.lowerBound { voxels[x] = 0 }
                            let label = runs.labels[index] &+ 1
                            for x in run { voxels[x] = label }
                            done = run.upperBound
                        }
                        for x in done..<voxels.count { voxels[x] = 0 }
                    }
                }
            }
        }
    }

    /// Calls `body` with every run of voxels along x, in storage order, and the index of its part in
    /// ``components``.
    public func forEachRun(_ body: (_ z: Int, _ y: Int, _ x: Range<Int>, _ component: Int) -> Void)
    {
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for index in runs.table.inRow(z: z, y: y) {
                    body(z, y, runs.table.runs[index].columns, Int(runs.labels[index]))
                }
            }
        }
    }
}
