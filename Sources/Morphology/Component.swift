public import Volumes

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

extension ConnectedComponents {
    /// One connected part.
    public struct Component: Hashable, Sendable {
        /// Voxels in it.
        public private(set) var voxelCount: Int
        /// The faces of the field of view's bounding box it touches; an axis along which the field of
        /// view is one voxel thick has none.
        public private(set) var faces: Faces
        /// Whether one of its voxels has a face-neighbour outside the field of view, along an axis on
        /// which the field of view is more than one voxel thick.
        public private(set) var touchesBoundary: Bool
        /// How its voxels are spread over the cells of a grid; none without a grid.
        public private(set) var cells = CellCounts()
        /// The smallest box around it, as its lowest and highest (z, y, x).
        private var low: SIMD3<UInt32>
        private var high: SIMD3<UInt32>
        /// Its first voxel in storage order, as (z, y, x).
        private(set) var first: SIMD3<UInt32>

        /// The part that a run begins.
        init(z: Int, y: Int, _ run: RunTable.Run, _ faces: Faces, touchesBoundary: Bool) {
            voxelCount = Int(run.end &- run.start)
            self.faces = faces
            self.touchesBoundary = touchesBoundary
            low = SIMD3(UInt32(z), UInt32(y), run.start)
            high = SIMD3(low.x, low.y, run.end - 1)
            first = low
        }

        /// The smallest box around it.
        public var bounds: Region {
            let extent = high &- low &+ 1
            return Region(
                z: Int(low.x), y: Int(low.y), x: Int(low.z),
                shape: Shape(depth: Int(extent.x), height: Int(extent.y), width: Int(extent.z)))
        }

        /// Whether its first voxel comes before another's in storage order.
        public func precedes(_ other: Component) -> Bool {
            if first.x != other.first.x { return first.x < other.first.x }
            return first.y != other.first.y ? first.y < other.first.y : first.z < other.first.z
        }

        /// Counts the voxels of a run by cell.
        @inline(__always)
        mutating func count(_ run: RunTable.Run, row: Int, in grid: CellGrid) {
            var start = Int(run.start)
            while start < Int(run.end) {
                let column = grid.cellOfColumn[start]
                let end = min(Int(run.end), grid.columnCuts[column + 1])
                cells.add(end - start, in: row + column)
                start = end
            }
        }

        /// Takes in another, that comes after this in storage order.
        @inline(__always)
        mutating func merge(_ other: Component) {
            voxelCount += other.voxelCount
            cells.add(other.cells)
            faces.formUnion(other.faces)
            touchesBoundary = touchesBoundary || other.touchesBoundary
            low = SIMD3(
                min(low.x, other.low.x), min(low.y, other.low.y), min(low.z, other.low.z))
            high = SIMD3(
                max(high.x, other.high.x), max(high.y, other.high.y), max(high.z, other.high.z))
        }
    }
}

extension LabelledRuns {
    /// The parts, in order, with their voxels counted by the cells of a grid if there is one.
    func components(
        within fieldOfView: FieldOfView, grid: CellGrid? = nil
    ) -> [ConnectedComponents.Component] {
        guard let bounds = fieldOfView.bounds(in: shape) else {
            preconditionFailure("a field of view overlaps its volume")
        }
        var components: [ConnectedComponents.Component] = []
        components.reserveCapacity(count)
        for z in 0..<table.depth {
            for y in 0..<table.height {
                let runs = table.inRow(z: z, y: y)
                if runs.isEmpty { continue }
                let row = RowInView(z: z + offset, y: y, of: fieldOfView, bounds, in: shape)
                for index in runs {
                    let run = table.runs[index]
                    var component = ConnectedComponents.Component(
                        z: z + offset, y: y, run, row.faces(of: run),
                        touchesBoundary: row.isExposed(run))
                    if let grid {
                        component.count(run, row: grid.firstCell(z: z + offset, y: y), in: grid)
                    }
                    let label = Int(labels[index])
                    // Parts are numbered as they begin.
                    if label == components.count {
                        components.append(component)
                    } else {
                        components[label].merge(component)
                    }
                }
            }
        }
        return components
    }
}

/// Where a row lies in a field of view.
private struct RowInView {
    /// The faces every run of the row touches.
    private var ends: Faces = []
    /// The faces of the field of view's bounds across x, if it has any.
    private var low: UInt32?
    private var high: UInt32?
    /// Columns all of whose neighbours are inside.
    private let sheltered: Range<Int>

    init(z: Int, y: Int, of fieldOfView: FieldOfView, _ bounds: Region, in shape: Shape) {
        let (slices, rows, columns) = (bounds.slices, bounds.rows, bounds.columns)
        let inside = fieldOfView.columns(z: z, y: y, in: shape)
        var sheltered = inside
        if rows.count > 1 {
            func clamp(to row: Int) {
                sheltered =
                    rows.contains(row)
                    ? sheltered.clamped(to: fieldOfView.columns(z: z, y: row, in: shape)) : 0..<0
            }
            clamp(to: y - 1)
            clamp(to: y + 1)
            if y == rows.lowerBound { ends.insert(.yLow) }
            if y == rows.upperBound - 1 { ends.insert(.yHigh) }
        }
        if slices.count > 1 {
            if z == slices.lowerBound { ends.insert(.zLow) }
            if z == slices.upperBound - 1 { ends.insert(.zHigh) }
            if z == slices.lowerBound || z == slices.upperBound - 1 { sheltered = 0..<0 }
        }
        if columns.count > 1 {
            low = UInt32(columns.lowerBound)
            high = UInt32(columns.upperBound)
            if !sheltered.isEmpty {
                let first = max(sheltered.lowerBound, inside.lowerBound + 1)
                sheltered = first..<max(first, min(sheltered.upperBound, inside.upperBound - 1))
            }
        }
        self.sheltered = sheltered
    }

    @inline(__always)
    func faces(of run: RunTable.Run) -> Faces {
        var faces = ends
        if run.start == low { faces.insert(.xLow) }
        if run.end == high { faces.insert(.xHigh) }
        return faces
    }

    @inline(__always)
    func isExposed(_ run: RunTable.Run) -> Bool {
        Int(run.start) < sheltered.lowerBound || Int(run.end) > sheltered.upperBound
    }
}
