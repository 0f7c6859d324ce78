public import Volumes

/// Measures how porosity and surface differ between boxes of one size, for every size: from which size
/// on a box represents the whole.
///
/// The field of view is cut into cubes side by side, from one voxel inside it on, as surface is found
/// between voxels; cubes that reach out of it are left out. Surface is
/// Crofton's of single steps, without extrapolation, so it is a little less than
/// `specific_surface`; what counts is how boxes differ.
public struct RepresentativeAccumulator: PoreAccumulator {
    /// The most base boxes along an axis; all others are made of these.
    private static let mostBoxes = 64
    /// Parts of the unit of surface in which it is summed, in whole numbers.
    private static let fineness = Double(1 << 20)

    private var slices: PackedSlices
    private let voxelSize: VoxelSize?
    private let scanner: CellScanner
    /// The edge of a base box, and how many there are along z, y and x. Boxes begin one voxel from the
    /// border, so that every voxel of theirs ends a cell.
    private let edge: Int
    private let extents: SIMD3<Int>
    private let first: SIMD3<Int>
    /// Which bits of a row lie in which box.
    private let parts: [(word: Int, bits: UInt64, box: Int)]
    private let weights: [Int]
    /// Of every box: pore voxels, and surface.
    private var pores: [Int]
    private var surface: [Int]

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    /// - Complexity: Linear in voxels; two slices of bits and those of a slab, and 64^3 boxes.
    public init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        slices = try PackedSlices(shape, within: fieldOfView, reach: 1)
        self.voxelSize = voxelSize
        let window = slices.window
        scanner = CellScanner(window)
        let size = window.bounds.shape
        let isImage = size.isImage
        first = SIMD3(isImage ? 0 : 1, 1, 1)
        let inside = SIMD3(size.depth, size.height, size.width) &- first
        let edge = max(4, (inside.max() + Self.mostBoxes - 1) / Self.mostBoxes)
        self.edge = edge
        let extents = SIMD3(isImage ? 1 : inside.x / edge, inside.y / edge, inside.z / edge)
        self.extents = extents
        let places = window.wordsPerRow * 64
        parts = (0..<window.wordsPerRow).flatMap { word in
            (0..<extents.z).compactMap { box in
                // Bit 1 is the first column, and the boxes begin with the second.
                let from = 2 + box * edge
                let bits =
                    (max(from, word * 64)..<max(from, word * 64, min(from + edge, word * 64 + 64)))
                    .reduce(0 as UInt64) { $0 | 1 << UInt64($1 % 64) }
                return bits == 0 || from >= places ? nil : (word, bits, box)
            }
        }
        let edges = SIMD3<Double>(1, 1, 1)
        let directions = LatticeDirections(edges: edges, inPlane: isImage)
        weights = (0..<256).map { pattern in
            let crossings = directions.shares.indices.reduce(0.0) { sum, direction in
                let share = directions.shares[direction] / directions.lengths[direction]
                let pairs = CellTables.pairs[direction].count / (isImage ? 2 : 1)
                if share == 0 { return sum }
                let half = isImage ? pattern & 0xF0 : pattern
                return sum + share * Double(CellTables.transitions[direction][half])
                    / Double(pairs)
            }
            return Int((crossings * (isImage ? .pi / 2 : 2) * Self.fineness).rounded())
        }
        pores = Array(repeating: 0, count: extents.x * extents.y * extents.z)
        surface = pores
    }

    private var isImage: Bool { slices.window.bounds.shape.isImage }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        slices.add(slab)
        let (this, new) = (self, slices.firstNew..<slices.slices.count)
        let parts = concurrentMap(count: new.count) { this.boxes(ofSlice: new.lowerBound + $0) }
        for (index, part) in parts.enumerated() {
            guard let layer = layer(ofSlice: new.lowerBound + index) else { continue }
            let before = layer * extents.y * extents.z
            for box in part.pores.indices {
                pores[before + box] += part.pores[box]
                surface[before + box] += part.surface[box]
            }
        }
    }

    private func layer(ofSlice index: Int) -> Int? {
        let place = slices.place(of: index) - first.x
        guard place >= 0 else { return nil }
        let layer = isImage ? 0 : place / edge
        return layer < extents.x ? layer : nil
    }

    /// What one slice adds to its layer of boxes.
    private func boxes(ofSlice index: Int) -> (pores: [Int], surface: [Int]) {
        var pores = [Int](repeating: 0, count: extents.y * extents.z)
        var surface = pores
        guard layer(ofSlice: index) != nil else { return (pores, surface) }
        let slice = slices.slices[index]
        let words = slices.window.wordsPerRow
        for y in 0..<(extents.y * edge) {
            let row = (y + first.y) * words
            for part in parts {
                pores[y / edge * extents.z + part.box] +=
                    (slice[row + part.word] & part.bits).nonzeroBitCount
            }
        }
        let (height, width) = (extents.y * edge, extents.z * edge)
        scanner.scan(
            isImage ? nil : slices.slices[index - 1], slice, isInside: true,
            mixed: { row, bit, pattern, isInside in
                let (y, x) = (row - first.y, bit - first.z)
                guard isInside, y >= 0, x >= 0, y < height, x < width else { return }
                surface[y / edge * extents.z + x / edge] += weights[pattern]
            }, whole: { _, _, _ in })
        return (pores, surface)
    }

    /// What was found.
    public func findings() -> PoreFindings {
        precondition(slices.isComplete, "all slices have been added")
        let whole = wholeBoxes
        func skip(_ reason: String) -> PoreFindings {
            PoreFindings(
                skipped: RepresentativeDefinitions.all.map {
                    PoreFindings.Skipped($0.name, reason: reason)
                })
        }
        if let voxelSize, !voxelSize.isCubic {
            return skip("boxes of voxels are cubes only where voxels are")
        }
        let length = voxelSize?.meanEdgeInMicrometres ?? 1
        var x: [Double] = []
        var columns = RepresentativeDefinitions.all.map { _ in [Double]() }
        let flat = isImage
        let most = flat ? min(extents.y, extents.z) : extents.min()
        let sums = [pores, surface, whole].map { PrefixSums($0, extents) }
        for multiple in 1...max(most, 1) {
            let volume = multiple * multiple * (flat ? 1 : multiple)
            let voxels = Double(volume * edge * edge * (flat ? 1 : edge))
            var values: [[Double]] = [[], []]
            let step = SIMD3(flat ? 1 : multiple, multiple, multiple)
            let counts = extents / step
            for z in 0..<counts.x {
                for y in 0..<counts.y {
                    for x in 0..<counts.z {
                        let from = SIMD3(z, y, x) &* step
                        if sums[2].sum(from, step) < volume { continue }
                        values[0].append(Double(sums[0].sum(from, step)) / voxels)
                        values[1].append(
                            Double(sums[1].sum(from, step)) / voxels / Self.fineness / length)
                    }
                }
            }
            // A spread of fewer says little.
            guard values[0].count >= 4 else { break }
            x.append(Double(multiple * edge) * length)
            for (index, values) in values.enumerated() {
                let mean = values.reduce(0, +) / Double(values.count)
                let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                columns[2 * index].append(mean)
                columns[2 * index + 1].append((squares / Double(values.count - 1)).squareRoot())
            }
        }
        guard !x.isEmpty else {
            return skip("the field of view holds fewer than four boxes of \(edge) voxels an edge")
        }
        return PoreFindings(
            curves: zip(RepresentativeDefinitions.all, columns).map {
                MeasuredCurve($0, x: x, y: $1, voxelSize: voxelSize)
            })
    }

    /// 1 for every base box all of whose cells are in view.
    private var wholeBoxes: [Int] {
        let columns = slices.window.columns
        var whole = [Int](repeating: 0, count: pores.count)
        for index in whole.indices {
            let (y, x) = (index / extents.z % extents.y, index % extents.z)
            let rows = y * edge..<(y + 1) * edge + first.y
            let from = x * edge
            let isWhole = rows.allSatisfy {
                columns[$0].lowerBound <= from && columns[$0].upperBound >= from + edge + 1
            }
            whole[index] = isWhole ? 1 : 0
        }
        return whole
    }
}

/// Sums over boxes of a grid in eight look-ups.
private struct PrefixSums {
    private let sums: [Int]
    private let extents: SIMD3<Int>

    init(_ values: [Int], _ extents: SIMD3<Int>) {
        let wide = extents &+ 1
        var sums = [Int](repeating: 0, count: wide.x * wide.y * wide.z)
        for z in 0..<extents.x {
            for y in 0..<extents.y {
                var row = 0
                for x in 0..<extents.z {
                    row += values[(z * extents.y + y) * extents.z + x]
                    let at = { (z: Int, y: Int) in (z * wide.y + y) * wide.z + x + 1 }
                    sums[at(z + 1, y + 1)] =
                        row + sums[at(z + 1, y)] + sums[at(z, y + 1)] - sums[at(z, y)]
                }
            }
        }
        self.sums = sums
        self.extents = wide
    }

    func sum(_ from: SIMD3<Int>, _ size: SIMD3<Int>) -> Int {
        func at(_ z: Int, _ y: Int, _ x: Int) -> Int {
            sums[(z * extents.y + y) * extents.z + x]
        }
        let to = from &+ size
        func slice(_ z: Int) -> Int {
            at(z, to.y, to.z) - at(z, from.y, to.z) - at(z, to.y, from.z) + at(z, from.y, from.z)
        }
        return slice(to.x) - slice(from.x)
    }
}
