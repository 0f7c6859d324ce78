import Volumes

/// The unknowns of flow through pore voxels on a staggered grid: a pressure in every voxel, and on
/// every face between two of them, or on an open face of the volume, the velocity through it.
///
/// Lengths are in edges of a cube of a voxel's volume.
struct StokesGrid: Sendable {
    /// A neighbour that is no voxel of the flow.
    enum Beyond {
        static let solid = UInt32.max
        static let mirror = UInt32.max - 1
        static let open = UInt32.max - 2
        /// Where there is no velocity to find.
        static let noFace = UInt32.max

        @inline(__always)
        static func isCell(_ neighbour: UInt32) -> Bool { neighbour < open }
    }

    let cells: Lattice
    let cellColours: [Range<Int>]
    let cellPlaces: [UInt32]
    /// Six a cell: the velocity at z low, z high, y low, y high, x low and x high, or
    /// ``Beyond/noFace``.
    let cellFaces: [UInt32]

    let faces: Lattice
    let faceColours: [Range<Int>]
    let facePlaces: [UInt32]
    /// The cells below and above a face, along its axis, or what is ``Beyond``.
    let lower: [UInt32]
    let upper: [UInt32]

    /// Voxels' edges along z, y and x.
    let edges: SIMD3<Double>

    var cellCount: Int { cellPlaces.count }
    var faceCount: Int { facePlaces.count }

    /// The grid of the numbered voxels, whose ``neighbours(_:_:_:)`` these are.
    ///
    /// - Parameter edges: Those of a voxel.
    init(
        _ voxels: PercolatingVoxels, _ neighbours: [UInt32], boundary: FlowBoundary,
        edges: SIMD3<Double>
    ) {
        cells = voxels.lattice
        cellColours = voxels.colours
        cellPlaces = voxels.places
        self.edges = edges

        // A face has the coordinates of the voxel above it.
        let extents =
            boundary == .periodic ? cells.extents : cells.extents &+ SIMD3(repeating: 1)
        let faces = Lattice(extents, periodic: cells.periodic, sheets: 3)
        let own = StokesGrid.ownFaces(voxels, neighbours, faces)
        var sizes = [Int](repeating: 0, count: faces.colourCount)
        for face in own { sizes[face.colour] += 1 }
        var colours: [Range<Int>] = []
        for size in sizes {
            let start = colours.last?.upperBound ?? 0
            colours.append(start..<(start + size))
        }
        var next = colours.map(\.lowerBound)
        var places = [UInt32](repeating: 0, count: own.count)
        var (lower, upper) = (places, places)
        var cellFaces = [UInt32](repeating: Beyond.noFace, count: neighbours.count)
        for face in own {
            let number = next[face.colour]
            next[face.colour] += 1
            places[number] = face.place
            lower[number] = face.lower
            upper[number] = face.upper
            let sheet = Int(face.axis)
            if Beyond.isCell(face.lower) {
                cellFaces[Int(face.lower) * 6 + sheet * 2 + 1] = UInt32(number)
            }
            if Beyond.isCell(face.upper) {
                cellFaces[Int(face.upper) * 6 + sheet * 2] = UInt32(number)
            }
        }
        self.faces = faces
        faceColours = colours
        facePlaces = places
        self.lower = lower
        self.upper = upper
        self.cellFaces = cellFaces
    }

    /// Six a cell: the cell at z low, z high, y low, y high, x low and x high, or what is ``Beyond``.
    /// Flow enters and leaves along `axis` unless it is periodic.
    static func neighbours(
        _ voxels: PercolatingVoxels, _ boundary: FlowBoundary, _ axis: Axis
    ) -> [UInt32] {
        let lattice = voxels.lattice
        var neighbours: [UInt32] = []
        neighbours.reserveCapacity(voxels.count * 6)
        for place in voxels.places {
            let (_, position) = lattice.coordinates(of: place)
            for direction in 0..<3 {
                for step in [-1, 1] {
                    var other = position
                    other[direction] += step
                    let extent = lattice.extents[direction]
                    if other[direction] < 0 || other[direction] == extent {
                        switch boundary {
                        case .periodic: other[direction] = (other[direction] + extent) % extent
                        case .mirrored, .sealed:
                            let isSide = direction != axis.index
                            neighbours.append(
                                !isSide
                                    ? Beyond.open
                                    : boundary == .mirrored ? Beyond.mirror : Beyond.solid)
                            continue
                        }
                    }
                    let number = voxels.numbers[Int(lattice.place(other))]
                    neighbours.append(number == PercolatingVoxels.none ? Beyond.solid : number)
                }
            }
        }
        return neighbours
    }

    private struct Face {
        let place: UInt32
        let lower: UInt32
        let upper: UInt32
        let axis: UInt8
        let colour: Int
    }

    /// Every face that has a velocity, in the storage order of the voxels.
    private static func ownFaces(
        _ voxels: PercolatingVoxels, _ neighbours: [UInt32], _ faces: Lattice
    ) -> [Face] {
        var found: [Face] = []
        found.reserveCapacity(voxels.count * 3)
        for place in voxels.numbers.indices where voxels.numbers[place] != PercolatingVoxels.none {
            let cell = voxels.numbers[place]
            let (_, position) = voxels.lattice.coordinates(of: UInt32(place))
            func append(_ axis: Int, _ position: SIMD3<Int>, _ lower: UInt32, _ upper: UInt32) {
                found.append(
                    Face(
                        place: faces.place(position, sheet: axis), lower: lower, upper: upper,
                        axis: UInt8(axis), colour: faces.colour(of: position)))
            }
            for axis in 0..<3 {
                let below = neighbours[Int(cell) * 6 + axis * 2]
                if Beyond.isCell(below) || below == Beyond.open {
                    append(axis, position, below, cell)
                }
                let above = neighbours[Int(cell) * 6 + axis * 2 + 1]
                if above == Beyond.open {
                    var end = position
                    end[axis] += 1
                    append(axis, end, cell, above)
                }
            }
        }
        return found
    }

    /// The axis of the velocity on a face.
    @inline(__always)
    func axis(of face: Int) -> Int {
        let place = Int(facePlaces.span[face])
        return place < faces.sheetCount ? 0 : place < 2 * faces.sheetCount ? 1 : 2
    }

    /// The cell below a face along its axis (0) or above it (1), or what is ``Beyond``.
    @inline(__always)
    func cell(at end: Int, of face: Int) -> UInt32 { end == 0 ? lower[face] : upper[face] }

    /// How much of a voxel the velocity on a face stands for: half of one on an open face.
    func share(of face: Int) -> Double {
        Beyond.isCell(lower[face]) && Beyond.isCell(upper[face]) ? 1 : 0.5
    }
}
