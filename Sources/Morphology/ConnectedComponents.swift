public import Volumes

/// Which neighbours of a voxel count as connected to it.
public enum Connectivity: Sendable, CaseIterable {
    /// The 6 that share a face.
    case faces
    /// The 26 that share a face, an edge or a corner.
    case facesEdgesAndCorners
}

/// The faces of a field of view's bounding box.
public struct Faces: OptionSet, Hashable, Sendable {
    /// One bit a face.
    public let rawValue: UInt8

    /// The faces whose bits are set.
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// The first slice.
    public static let zLow = Faces(rawValue: 1)
    /// The last slice.
    public static let zHigh = Faces(rawValue: 2)
    /// The first row.
    public static let yLow = Faces(rawValue: 4)
    /// The last row.
    public static let yHigh = Faces(rawValue: 8)
    /// The first column.
    public static let xLow = Faces(rawValue: 16)
    /// The last column.
    public static let xHigh = Faces(rawValue: 32)
}

/// The connected parts of a mask, numbered from 1 in the order of their first voxels (z, y, x), as
/// `scipy.ndimage.label` does.
///
/// They are kept as runs of voxels along x, so that a count needs no volume of labels; see
/// ``labels()`` for one.
///
/// - Complexity: Linear in voxels; twelve bytes a run.
public struct ConnectedComponents: Sendable {
    /// One connected part.
    public struct Component: Hashable, Sendable {
        /// Voxels in it.
        public internal(set) var voxelCount = 0
        /// The faces of the field of view's bounding box it touches; an axis along which the field of
        /// view is one voxel thick has none.
        public internal(set) var faces: Faces = []
        /// Whether one of its voxels has a face-neighbour outside the field of view, along an axis on
        /// which the field of view is more than one voxel thick.
        public internal(set) var touchesBoundary = false
    }

    /// The extent of the mask.
    public let shape: Shape
    /// The parts; that of label `n` is at `n - 1`.
    public private(set) var components: [Component] = []
    private var runs: RunTable

    /// Finds the parts of `mask` that lie inside `fieldOfView`, which overlaps the mask.
    ///
    /// The mask has fewer than 2^32 - 1 runs and rows shorter than 2^32 voxels.
    public init(
        of mask: Mask, connectivity: Connectivity = .faces, within fieldOfView: FieldOfView = .all
    ) {
        shape = mask.shape
        runs = RunTable(mask, within: fieldOfView)
        number(by: connectivity)
        measure(within: fieldOfView)
    }

    /// The parts as a volume of labels, 0 outside every part.
    public func labels() -> Volume<UInt32> {
        Volume(shape: shape) { z, slice in
            for y in 0..<shape.height {
                for run in runs.inRow(z * shape.height + y) {
                    let label = runs.components[run] + 1
                    let base = y * shape.width
                    for x in Int(runs.starts[run])..<Int(runs.ends[run]) {
                        slice[base + x] = label
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
                for run in runs.inRow(z * shape.height + y) {
                    body(z, y, runs.columns(of: run), Int(runs.components[run]))
                }
            }
        }
    }

    /// Joins runs that touch, then numbers the sets by their first run.
    private mutating func number(by connectivity: Connectivity) {
        var sets = DisjointSets(count: runs.starts.count)
        let reach = connectivity == .faces ? 0 : 1
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                let row = z * shape.height + y
                let here = runs.inRow(row)
                if here.isEmpty { continue }
                if y > 0 { join(here, runs.inRow(row - 1), reach, &sets) }
                guard z > 0 else { continue }
                for other in max(y - reach, 0)...min(y + reach, shape.height - 1) {
                    join(here, runs.inRow(row - shape.height + other - y), reach, &sets)
                }
            }
        }
        var count: UInt32 = 0
        for run in runs.starts.indices {
            let root = sets.root(of: UInt32(run))
            // A root is the first run of its set, so it has been numbered by now.
            if Int(root) == run {
                runs.components[run] = count
                count += 1
            } else {
                runs.components[run] = runs.components[Int(root)]
            }
        }
        components = Array(repeating: Component(), count: Int(count))
    }

    /// Joins the runs of two rows that overlap, or touch within `reach` columns.
    private func join(
        _ left: Range<Int>, _ right: Range<Int>, _ reach: Int, _ sets: inout DisjointSets
    ) {
        var i = left.lowerBound
        var j = right.lowerBound
        while i < left.upperBound && j < right.upperBound {
            let a = runs.columns(of: i)
            let b = runs.columns(of: j)
            if a.lowerBound < b.upperBound + reach && b.lowerBound < a.upperBound + reach {
                sets.join(UInt32(i), UInt32(j))
            }
            if a.upperBound < b.upperBound { i += 1 } else { j += 1 }
        }
    }

    private mutating func measure(within fieldOfView: FieldOfView) {
        guard let bounds = fieldOfView.bounds(in: shape) else {
            preconditionFailure("a field of view overlaps its volume")
        }
        let (slices, rows, columns) = (bounds.slices, bounds.rows, bounds.columns)
        for z in slices {
            for y in rows {
                let inside = fieldOfView.columns(z: z, y: y, in: shape)
                // Columns whose neighbours along z and y are inside too.
                var sheltered = inside
                if rows.count > 1 {
                    for other in [y - 1, y + 1] {
                        sheltered =
                            rows.contains(other)
                            ? sheltered.clamped(
                                to: fieldOfView.columns(z: z, y: other, in: shape))
                            : 0..<0
                    }
                }
                var ends: Faces = []
                if slices.count > 1 {
                    if z == slices.lowerBound { ends.insert(.zLow) }
                    if z == slices.upperBound - 1 { ends.insert(.zHigh) }
                }
                if !ends.isEmpty { sheltered = 0..<0 }
                if rows.count > 1 {
                    if y == rows.lowerBound { ends.insert(.yLow) }
                    if y == rows.upperBound - 1 { ends.insert(.yHigh) }
                }
                if columns.count > 1, !sheltered.isEmpty {
                    let lower = max(sheltered.lowerBound, inside.lowerBound + 1)
                    sheltered = lower..<max(lower, min(sheltered.upperBound, inside.upperBound - 1))
                }
                for run in runs.inRow(z * shape.height + y) {
                    let run = (runs.columns(of: run), Int(runs.components[run]))
                    var faces = ends
                    if columns.count > 1 {
                        if run.0.lowerBound == columns.lowerBound { faces.insert(.xLow) }
                        if run.0.upperBound == columns.upperBound { faces.insert(.xHigh) }
                    }
                    components[run.1].voxelCount += run.0.count
                    components[run.1].faces.formUnion(faces)
                    if run.0.clamped(to: sheltered).count < run.0.count {
                        components[run.1].touchesBoundary = true
                    }
                }
            }
        }
    }
}
