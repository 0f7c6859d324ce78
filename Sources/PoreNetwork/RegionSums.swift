import Volumes

/// What is summed up of each label, and of each pair of labels that share faces, over some slices.
struct RegionSums: Sendable {
    private var regions: [RegionSum] = []
    private var contacts: [ContactSum] = []
    /// The index in `contacts` of two labels, the lesser in the upper half.
    private var indices: [UInt64: Int] = [:]

    /// Sums up the slices: their voxels, and the faces of these. A face between labels belongs to the
    /// voxel before it.
    init(
        of slices: Range<Int>, _ labels: Volume<UInt32>, _ squaredDistances: Volume<UInt32>,
        within fieldOfView: FieldOfView
    ) {
        let shape = labels.shape
        let bounds = fieldOfView.bounds(in: shape)
        labels.withVoxels { labels in
            squaredDistances.withVoxels { distances in
                for z in slices {
                    for y in 0..<shape.height {
                        let view = RowView(fieldOfView, bounds, z: z, y: y, in: shape)
                        let row = (z * shape.height + y) * shape.width
                        for x in 0..<shape.width where labels[row + x] != 0 {
                            let position = SIMD3(z, y, x)
                            let label = labels[row + x]
                            let squared = distances[row + x]
                            var faces = Faces()
                            for axis in 0..<3 {
                                let step = shape.step(along: axis)
                                for side in 0..<2 {
                                    guard view.holds(x, axis: axis, side: side) else {
                                        if view.isThick(axis) { faces.touchesBoundary = true }
                                        continue
                                    }
                                    let place = row + x + (side == 0 ? -step : step)
                                    let other = labels[place]
                                    if other == label { continue }
                                    if other == 0 {
                                        faces.solid += 1
                                    } else if side == 1 {
                                        contact(
                                            label, other, at: position, axis: axis,
                                            squared: min(squared, distances[place]))
                                    }
                                }
                            }
                            add(label, at: position, squared: squared, faces)
                        }
                    }
                }
            }
        }
    }

    /// The faces of one voxel.
    private struct Faces {
        var solid = 0
        var touchesBoundary = false
    }

    private mutating func add(
        _ label: UInt32, at position: SIMD3<Int>, squared: UInt32, _ faces: Faces
    ) {
        grow(to: Int(label))
        regions[Int(label) - 1].add(
            position, squared: squared, solidFaces: faces.solid,
            touchesBoundary: faces.touchesBoundary)
    }

    private mutating func contact(
        _ label: UInt32, _ other: UInt32, at position: SIMD3<Int>, axis: Int, squared: UInt32
    ) {
        let index = index(of: label, other)
        contacts[index].add(
            faceAfter: position, axis: axis, isForward: label < other, squared: squared)
    }

    private mutating func index(of label: UInt32, _ other: UInt32) -> Int {
        let key = UInt64(min(label, other)) << 32 | UInt64(max(label, other))
        if let index = indices[key] { return index }
        indices[key] = contacts.count
        contacts.append(ContactSum(first: min(label, other), second: max(label, other)))
        return contacts.count - 1
    }

    private mutating func grow(to count: Int) {
        while regions.count < count { regions.append(RegionSum()) }
    }

    /// Adds the sums of slices that follow.
    mutating func add(_ later: RegionSums) {
        grow(to: later.regions.count)
        for (index, region) in later.regions.enumerated() { regions[index].add(region) }
        for contact in later.contacts {
            contacts[index(of: contact.first, contact.second)].add(contact)
        }
    }

    /// The throats, by their labels.
    func throats() -> [Throat] {
        contacts.sorted { ($0.first, $0.second) < ($1.first, $1.second) }.map { $0.throat }
    }

    /// The pores of the labels that occur.
    func pores(joinedBy throats: [Throat], in shape: Shape) -> [Pore] {
        var neighbours = [Int](repeating: 0, count: regions.count)
        for throat in throats {
            neighbours[Int(throat.first) - 1] += 1
            neighbours[Int(throat.second) - 1] += 1
        }
        return regions.indices.filter { regions[$0].voxelCount > 0 }.map { index in
            regions[index].pore(label: UInt32(index + 1), neighbourCount: neighbours[index])
        }
    }
}

/// Which neighbours of a row's voxels lie in the field of view.
private struct RowView {
    private let columns: Range<Int>
    /// The columns in view of the rows before and after, along z and along y.
    private let beside: InlineArray<4, Range<Int>>
    private let thick: SIMD3<Int>

    init(_ fieldOfView: FieldOfView, _ bounds: Region?, z: Int, y: Int, in shape: Shape) {
        func columns(_ z: Int, _ y: Int) -> Range<Int> {
            guard z >= 0, z < shape.depth, y >= 0, y < shape.height else { return 0..<0 }
            return fieldOfView.columns(z: z, y: y, in: shape)
        }
        self.columns = columns(z, y)
        beside = [columns(z - 1, y), columns(z + 1, y), columns(z, y - 1), columns(z, y + 1)]
        let extent = bounds?.shape ?? shape
        thick = SIMD3(extent.depth, extent.height, extent.width)
    }

    /// Whether a neighbour along an axis, before (side 0) or after, is in view.
    @inline(__always)
    func holds(_ x: Int, axis: Int, side: Int) -> Bool {
        axis == 2
            ? columns.contains(side == 0 ? x - 1 : x + 1) : beside[2 * axis + side].contains(x)
    }

    /// Whether the field of view is more than one voxel thick along an axis.
    func isThick(_ axis: Int) -> Bool { thick[axis] > 1 }
}

extension Shape {
    /// From a voxel to the next along an axis, in storage order.
    @inline(__always)
    fileprivate func step(along axis: Int) -> Int {
        axis == 0 ? sliceCount : axis == 1 ? width : 1
    }
}
