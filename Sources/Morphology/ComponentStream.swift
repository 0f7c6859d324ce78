public import Volumes

/// The connected parts of a mask that is taken slab by slab, and never held whole.
///
/// Slabs come in order and may be of any height; the parts come out the same. Only seams are looked at
/// twice: of what came before, the runs of one slice are kept and, for each part, what is known of it.
/// Parts that no later slab can reach are finished, and may be taken away as the stream goes on.
///
/// - Complexity: Linear in voxels. Beside the slab twelve bytes a run of it, and 64 bytes a part that
///   has not been taken away.
public struct ComponentStream: Sendable {
    /// The extent of the whole mask.
    public let shape: Shape
    /// Slices added so far.
    public private(set) var slicesAdded = 0
    /// Parts that cannot grow any more and have not been taken away.
    private var finished: [ConnectedComponents.Component] = []
    /// Parts that reach the last slice added.
    private var growing: [ConnectedComponents.Component] = []
    /// The last slice added, and the growing part of each of its runs.
    private var front: (runs: RunTable, parts: [UInt32])?
    private let connectivity: Connectivity
    private let fieldOfView: FieldOfView
    private let grid: CellGrid?

    /// Begins with the first slice of a mask of `shape`, which `fieldOfView` overlaps; the voxels of parts
    /// are counted by the cells of a grid, if there is one.
    public init(
        shape: Shape, connectivity: Connectivity = .faces, within fieldOfView: FieldOfView = .all,
        grid: CellGrid? = nil
    ) {
        self.grid = grid
        precondition(
            fieldOfView.bounds(in: shape) != nil, "a field of view overlaps its volume")
        self.shape = shape
        self.connectivity = connectivity
        self.fieldOfView = fieldOfView
    }

    /// Adds the next slices; they are as high and wide as the whole, and no more than are left.
    public mutating func add(_ slab: Mask) {
        precondition(
            slab.shape.withDepth(1) == shape.withDepth(1)
                && slicesAdded + slab.shape.depth <= shape.depth,
            "a slab is the next slices of its volume")
        let runs = LabelledRuns(
            slab, offset: slicesAdded, in: shape, connectivity: connectivity, within: fieldOfView)
        slicesAdded += slab.shape.depth
        let fresh = runs.components(within: fieldOfView, grid: grid)

        // The parts before come first, so that the first of joined ones is also first in storage order.
        let before = UInt32(growing.count)
        var sets = DisjointSets(count: growing.count + fresh.count)
        if let front {
            front.runs.forEachTouch(z: 0, runs.table, other: 0, connectivity) {
                sets.join(front.parts[$0], before + runs.labels[$1])
            }
        }
        let (parts, count) = sets.numbered()
        var merged: [ConnectedComponents.Component] = []
        merged.reserveCapacity(count)
        for (part, component) in zip(parts, growing + fresh) {
            if Int(part) == merged.count {
                merged.append(component)
            } else {
                merged[Int(part)].merge(component)
            }
        }

        let last = slab.shape.depth - 1
        let partsOfFront = runs.table.inSlice(last).map { parts[Int(before + runs.labels[$0])] }
        var places = [UInt32?](repeating: nil, count: count)
        for part in partsOfFront { places[Int(part)] = 0 }
        growing.removeAll(keepingCapacity: true)
        for (part, component) in merged.enumerated() {
            if places[part] != nil, slicesAdded < shape.depth {
                places[part] = UInt32(growing.count)
                growing.append(component)
            } else {
                finished.append(component)
            }
        }
        front = (runs.table.slice(last), partsOfFront.map { places[Int($0)] ?? 0 })
    }

    /// Takes away the parts that cannot grow any more, in the order of their first voxels.
    ///
    /// How many are finished by a slab depends on the slabs' heights; the parts themselves do not.
    public mutating func takeFinished() -> [ConnectedComponents.Component] {
        defer { finished = [] }
        return finished.sorted { $0.precedes($1) }
    }

    /// The parts that have not been taken away, in the order of their first voxels: after the last
    /// slice those of ``ConnectedComponents/components``, in the same order.
    public consuming func finish() -> [ConnectedComponents.Component] {
        precondition(slicesAdded == shape.depth, "a stream ends with its last slice")
        return takeFinished()
    }
}
