import Volumes

/// Samples HIGH on blocks of a pair's lattice.
///
/// The blocks lie on a fixed grid, so that a voxel is made from the same numbers whatever box it is
/// asked for with.
struct BlockSampler: Sendable {
    private let shape: Shape
    private let highShape: Shape
    private let map: LatticeMap
    private let kernel: Kernel

    private enum Kernel: Sendable {
        /// The lattice's axes lie along HIGH's.
        case axes([MappedAxis])
        case spline
        case bent(BentLattice)
    }

    init(_ lattice: PairLattice) {
        shape = lattice.shape
        highShape = lattice.grids.highShape
        map = LatticeMap(
            grids: lattice.grids, transform: lattice.transform, scales: lattice.scales,
            region: lattice.region)
        if let displacement = lattice.displacement {
            kernel = .bent(
                BentLattice(lattice, map: map, displacement: displacement))
        } else if let axes = map.axes {
            kernel = .axes(axes)
        } else {
            kernel = .spline
        }
    }

    /// Voxels (z, y, x) in a block: separable kernels gain from long rows, and blocks that turn are
    /// the smaller in HIGH the nearer they are to cubes.
    private var edges: SIMD3<Int> {
        if case .axes = kernel { SIMD3(64, 128, 128) } else { SIMD3(repeating: 64) }
    }

    /// The blocks that share voxels with a box, in storage order.
    func blocks(touching region: Region) -> [Region] {
        func parts(_ range: Range<Int>, _ edge: Int, _ extent: Int) -> [Range<Int>] {
            (range.lowerBound / edge...(range.upperBound - 1) / edge).map {
                ($0 * edge)..<min(($0 + 1) * edge, extent)
            }
        }
        return parts(region.slices, edges[0], shape.depth).flatMap { z in
            parts(region.rows, edges[1], shape.height).flatMap { y in
                parts(region.columns, edges[2], shape.width).compactMap { x in
                    Region(z: z, y: y, x: x)
                }
            }
        }
    }

    /// What a block and a box share, and its voxels.
    func part(
        of block: Region, _ region: Region, from high: some ScanSource
    ) throws -> (Volume<Float>, Region) {
        guard let place = block.intersection(region) else {
            preconditionFailure("a block shares voxels with the box it was found for")
        }
        func read(_ box: Region) throws -> Volume<Float> { try high.floats(in: box) }
        switch kernel {
        case .axes(let axes): return (try separable(place, axes, read), place)
        case .spline: return (try turned(block, place, read), place)
        case .bent(let bent): return (try self.bent(bent, block, place, read), place)
        }
    }

    // MARK: - Along HIGH's axes

    private func separable(
        _ place: Region, _ axes: [MappedAxis], _ read: (Region) throws -> Volume<Float>
    ) throws -> Volume<Float> {
        let outputs = [place.slices, place.rows, place.columns]
        let extents = [highShape.depth, highShape.height, highShape.width]
        let weights = axes.map { axis in
            map.isImage && axis.high == 0
                ? .single : axis.weights(outputs[axis.lattice], sampleCount: extents[axis.high])
        }
        let supports = weights.map(\.support)
        guard let box = Region(z: supports[0], y: supports[1], x: supports[2]) else {
            preconditionFailure("voxels are made from samples")
        }
        // For each axis of the lattice, the axis of HIGH that lies along it.
        let order = axes.sorted { $0.lattice < $1.lattice }.map(\.high)
        let counted = order.map { weights[$0].counted(from: supports[$0].lowerBound) }
        let sampler = SeparableSampler(z: counted[0], y: counted[1], x: counted[2])
        return sampler.sampleSerially(try read(box).withAxes(order))
    }

    // MARK: - Turned

    private func turned(
        _ block: Region, _ place: Region, _ read: (Region) throws -> Volume<Float>
    ) throws -> Volume<Float> {
        let corners = (0..<8).map { corner in
            let end = SIMD3(
                Double(corner & 1) * Double(block.shape.depth - 1),
                Double((corner >> 1) & 1) * Double(block.shape.height - 1),
                Double(corner >> 2) * Double(block.shape.width - 1))
            return map(SIMD3(block) + end + 0.5)
        }
        let box = try box(about: corners, read)
        let step = SIMD3(map.linear[0][2], map.linear[1][2], map.linear[2][2])
        return rows(of: place) { z, y, out in
            // Counted from the block's first column, so that no rounding depends on the box.
            let start = map(SIMD3(Double(z), Double(y), Double(block.x)) + 0.5)
            let columns = (place.x - block.x)..<(place.x - block.x + place.shape.width)
            box.sample(from: start, step: step, steps: columns, into: &out)
        }
    }

    /// The coefficients of HIGH from which values at and between some positions are made.
    private func box(
        about positions: [SIMD3<Double>], _ read: (Region) throws -> Volume<Float>
    ) throws -> SplineBox {
        let needed = (0..<3).map { axis -> Range<Int> in
            if map.isImage, axis == 0 { return 0..<1 }
            var (low, high) = (Double.infinity, -Double.infinity)
            for position in positions {
                low = min(low, position[axis])
                high = max(high, position[axis])
            }
            // The taps of the first and the last value, and one more for what rounding may do.
            return (Int((low - 0.5).rounded(.down)) - 3)..<(Int((high - 0.5).rounded(.down)) + 5)
        }
        return try SplineBox(needed: needed, of: highShape, stretch: map.steps, read: read)
    }

    /// Makes the voxels of a box row by row.
    private func rows(
        of place: Region, _ body: (_ z: Int, _ y: Int, _ row: inout MutableSpan<Float>) -> Void
    ) -> Volume<Float> {
        let (height, width) = (place.shape.height, place.shape.width)
        var volume = Volume<Float>(shape: place.shape, repeating: 0)
        volume.withMutableVoxels { voxels in
            for z in 0..<place.shape.depth {
                for y in 0..<height {
                    let start = (z * height + y) * width
                    var row = voxels._mutatingExtracting(start..<(start + width))
                    body(place.z + z, place.y + y, &row)
                }
            }
        }
        return volume
    }

    // MARK: - Bent

    private func bent(
        _ lattice: BentLattice, _ block: Region, _ place: Region,
        _ read: (Region) throws -> Volume<Float>
    ) throws -> Volume<Float> {
        let nodes = lattice.nodes(of: block)
        let box = try box(about: nodes.positions, read)
        let edge = BentLattice.nodeEdge
        return rows(of: place) { z, y, out in
            let row = nodes.row(z: z - block.z, y: y - block.y)
            var column = place.x - block.x
            let end = column + place.shape.width
            while column < end {
                let node = column / edge
                let next = min((node + 1) * edge, end)
                let into = column - (place.x - block.x)
                var run = out._mutatingExtracting(into..<(into + next - column))
                box.sample(
                    from: row[node], step: (row[node + 1] - row[node]) / Double(edge),
                    steps: (column - node * edge)..<(next - node * edge), into: &run)
                column = next
            }
        }
    }
}

/// A lattice that a displacement bends, on nodes between which it is linear.
struct BentLattice: Sendable {
    /// Voxels from one node to the next.
    static let nodeEdge = 4
    private let map: LatticeMap
    private let displacement: any Displacement
    /// The fine voxel's edges, in micrometres.
    private let fineEdges: SIMD3<Double>

    init(_ lattice: PairLattice, map: LatticeMap, displacement: any Displacement) {
        self.map = map
        self.displacement = displacement
        fineEdges = lattice.grids.lowVoxel / SIMD3<Double>(lattice.scales)
    }

    /// Positions in HIGH of every fourth voxel of a block.
    struct Nodes {
        /// Nodes along (z, y, x).
        let counts: SIMD3<Int>
        let positions: [SIMD3<Double>]

        /// The nodes along row (`z`, `y`) of the block.
        func row(z: Int, y: Int) -> [SIMD3<Double>] {
            let edge = BentLattice.nodeEdge
            func line(_ z: Int, _ y: Int) -> ArraySlice<SIMD3<Double>> {
                let start = (z * counts[1] + y) * counts[2]
                return positions[start..<(start + counts[2])]
            }
            func mixed(
                _ a: some Sequence<SIMD3<Double>>, _ b: some Sequence<SIMD3<Double>>, _ part: Int
            ) -> [SIMD3<Double>] {
                let share = Double(part) / Double(edge)
                return zip(a, b).map { $0 + ($1 - $0) * share }
            }
            let (k, j) = (z / edge, y / edge)
            let near = mixed(line(k, j), line(k, j + 1), y % edge)
            if z % edge == 0 { return near }
            return mixed(near, mixed(line(k + 1, j), line(k + 1, j + 1), y % edge), z % edge)
        }
    }

    func nodes(of block: Region) -> Nodes {
        let edge = Self.nodeEdge
        func count(_ extent: Int) -> Int { (extent + edge - 1) / edge + 1 }
        let counts = SIMD3(
            map.isImage ? 1 : count(block.shape.depth), count(block.shape.height),
            count(block.shape.width))
        var positions: [SIMD3<Double>] = []
        positions.reserveCapacity(counts[0] * counts[1] * counts[2])
        for z in 0..<counts[0] {
            for y in 0..<counts[1] {
                for x in 0..<counts[2] {
                    let node = SIMD3<Double>(SIMD3(z, y, x) &* edge)
                    let place = SIMD3(block) + node + 0.5
                    let moved = displacement((map.first + place) * fineEdges)
                    // A shift of the point is a shift of its place.
                    positions.append(map(place + moved / fineEdges))
                }
            }
        }
        return Nodes(counts: counts, positions: positions)
    }
}

extension SIMD3<Double> {
    /// The first voxel of a box.
    fileprivate init(_ region: Region) {
        self.init(Double(region.z), Double(region.y), Double(region.x))
    }
}

extension Volume<Float> {
    /// The volume with its axes in another order: axis `k` of the result is axis `order[k]` of this.
    fileprivate func withAxes(_ order: [Int]) -> Volume<Float> {
        guard order != [0, 1, 2] else { return self }
        let extents = [shape.depth, shape.height, shape.width]
        let strides = [shape.sliceCount, shape.width, 1]
        let turned = Shape(
            depth: extents[order[0]], height: extents[order[1]], width: extents[order[2]])
        let step = strides[order[2]]
        var result = Volume<Float>(shape: turned, repeating: 0)
        result.withMutableVoxels { target in
            withVoxels { source in
                for z in 0..<turned.depth {
                    for y in 0..<turned.height {
                        let start = z * strides[order[0]] + y * strides[order[1]]
                        let into = (z * turned.height + y) * turned.width
                        var row = target._mutatingExtracting(into..<(into + turned.width))
                        for x in 0..<turned.width { row[x] = source[start + x * step] }
                    }
                }
            }
        }
        return result
    }
}
