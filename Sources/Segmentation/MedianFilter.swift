import Volumes

/// Replaces every voxel by the median of the 3x3x3 voxels around it; in an image, of 3x3.
///
/// Beyond a face the volume goes on mirrored at it (mode `reflect` of `scipy.ndimage.median_filter`),
/// which for this width repeats the outermost voxel. Voxels are ordered by `<`, so they hold no NaN.
///
/// - Complexity: Linear in voxels; one more volume in memory.
func medianFiltered<Element: GreyElement>(_ volume: Volume<Element>) -> Volume<Element> {
    var filtered = volume
    let shape = volume.shape
    filtered.forEachSliceConcurrently { z, slice in
        volume.withVoxels { voxels in
            let source = unsafe voxels.bytes
            var target = unsafe slice.mutableBytes
            filterMedians(Element.self, z, of: source, shape, into: &target)
        }
    }
    return filtered
}

/// The bytes of the slices `kept` of a slab, median filtered.
func medianFiltered<Element: GreyElement>(
    _ type: Element.Type, _ slab: RawSlab, keeping kept: Range<Int>
) -> [UInt8] {
    let shape = slab.shape
    let row = Shape(
        depth: kept.count, height: shape.height,
        width: shape.width * MemoryLayout<Element>.stride)
    return Volume<UInt8>(shape: row) { z, slice in
        slab.withVoxels(as: type) { voxels in
            let source = unsafe voxels.bytes
            var target = unsafe slice.mutableBytes
            filterMedians(type, kept.lowerBound + z, of: source, shape, into: &target)
        }
    }.array
}

/// Writes the medians of slice `z` of the voxels in `source`.
private func filterMedians<Element: GreyElement>(
    _ type: Element.Type, _ z: Int, of source: RawSpan, _ shape: Shape,
    into target: inout MutableRawSpan
) {
    let pitch = shape.width * MemoryLayout<Element>.stride
    let slices = (max(z - 1, 0), z, min(z + 1, shape.depth - 1))
    func row(_ z: Int, _ y: Int) -> Range<Int> {
        let start = (z * shape.height + y) * pitch
        return start..<(start + pitch)
    }
    var rows = MedianRows<Element>(width: shape.width)
    for y in 0..<shape.height {
        let ahead = min(y + 1, shape.height - 1)
        for y in (y == 0 ? 0 : ahead)...ahead {
            rows.take(
                y, below: source.extracting(row(slices.0, y)),
                middle: source.extracting(row(slices.1, y)),
                above: source.extracting(row(slices.2, y)))
        }
        rows.medians(around: y, last: shape.height - 1, into: &target)
    }
}

/// The scratch memory of one slice: sorted along z first, then y, then x, each sort shared by the
/// neighbours that need it. Sixteen bytes of voxels at a time.
private struct MedianRows<Element: GreyElement> {
    private typealias Rank = Element.Rank
    private typealias Block = Element.Rank.Block

    private let width: Int
    private let blocks: Int
    /// Three rows of the slice, each as its lowest, middle and highest values along z.
    private var alongZ: [Block]
    /// The same values sorted along y too: nine rows, each with one voxel more at both ends.
    private var alongY: [Rank]

    private static var lanes: Int { Block.scalarCount }
    private static var stride: Int { MemoryLayout<Rank>.stride }

    init(width: Int) {
        self.width = width
        blocks = (width + Self.lanes - 1) / Self.lanes
        let zero = Block()
        alongZ = Array(repeating: zero, count: 9 * blocks)
        alongY = Array(repeating: zero[0], count: 9 * (Self.lanes * blocks + 2))
    }

    /// Takes row `y` of three neighbouring slices, in place of row `y - 3`.
    mutating func take(_ y: Int, below: RawSpan, middle: RawSpan, above: RawSpan) {
        let base = y % 3 * 3 * blocks
        for block in 0..<blocks {
            var low = load(below, block)
            var mid = load(middle, block)
            var high = load(above, block)
            sort(&low, &mid, &high, as: Rank.self)
            alongZ[base + block] = low
            alongZ[base + blocks + block] = mid
            alongZ[base + 2 * blocks + block] = high
        }
    }

    /// Writes the medians of row `y` of a slice whose last row is `last`.
    mutating func medians(around y: Int, last: Int, into slice: inout MutableRawSpan) {
        sortAlongY(around: y, last: last)
        let stride = Self.stride
        let pitch = (Self.lanes * blocks + 2) * stride
        let source = unsafe alongY.span.bytes
        for block in 0..<blocks {
            let place = block * Self.lanes * stride
            let sorted = medianOfSortedCube(
                Self.line(source, place), Self.line(source, place + pitch),
                Self.line(source, place + 2 * pitch), Self.line(source, place + 3 * pitch),
                Self.line(source, place + 4 * pitch), Self.line(source, place + 5 * pitch),
                Self.line(source, place + 6 * pitch), Self.line(source, place + 7 * pitch),
                Self.line(source, place + 8 * pitch), as: Rank.self)
            let median = Element.reordered(sorted)
            let first = block * Self.lanes
            let offset = (y * width + first) * stride
            if first + Self.lanes <= width {
                slice.storeBytes(of: median, toByteOffset: offset, as: Block.self)
            } else {
                for x in first..<width {
                    slice.storeBytes(
                        of: median[x - first], toByteOffset: offset + (x - first) * stride,
                        as: Rank.self)
                }
            }
        }
    }

    /// Three neighbours along x from a place on, sorted.
    @inline(__always)
    private static func line(_ source: RawSpan, _ place: Int) -> (Block, Block, Block) {
        var a = unsafe source.unsafeLoadUnaligned(fromByteOffset: place, as: Block.self)
        var b = unsafe source.unsafeLoadUnaligned(fromByteOffset: place + stride, as: Block.self)
        var c = unsafe source.unsafeLoadUnaligned(
            fromByteOffset: place + 2 * stride, as: Block.self)
        sort(&a, &b, &c, as: Rank.self)
        return (a, b, c)
    }

    private mutating func sortAlongY(around y: Int, last: Int) {
        let (before, here, after) = (max(y - 1, 0) % 3, y % 3, min(y + 1, last) % 3)
        let stride = Self.stride
        let pitch = Self.lanes * blocks + 2
        for rank in 0..<3 {
            for block in 0..<blocks {
                var low = alongZ[(before * 3 + rank) * blocks + block]
                var mid = alongZ[(here * 3 + rank) * blocks + block]
                var high = alongZ[(after * 3 + rank) * blocks + block]
                sort(&low, &mid, &high, as: Rank.self)
                let first = (rank * 3 * pitch + block * Self.lanes + 1) * stride
                var scratch = alongY.mutableSpan
                var bytes = unsafe scratch.mutableBytes
                bytes.storeBytes(of: low, toByteOffset: first, as: Block.self)
                bytes.storeBytes(
                    of: mid, toByteOffset: first + pitch * stride, as: Block.self)
                bytes.storeBytes(
                    of: high, toByteOffset: first + 2 * pitch * stride, as: Block.self)
            }
        }
        for row in 0..<9 {
            alongY[row * pitch] = alongY[row * pitch + 1]
            alongY[row * pitch + width + 1] = alongY[row * pitch + width]
        }
    }

    /// A block of a row, as ranks; past the row's end its last voxel again.
    @inline(__always)
    private func load(_ row: RawSpan, _ block: Int) -> Block {
        let first = block * Self.lanes
        if first + Self.lanes <= width {
            return Element.reordered(
                unsafe row.unsafeLoadUnaligned(
                    fromByteOffset: first * Self.stride, as: Block.self))
        }
        var values = Block()
        for lane in 0..<Self.lanes {
            values[lane] = unsafe row.unsafeLoadUnaligned(
                fromByteOffset: min(first + lane, width - 1) * Self.stride, as: Rank.self)
        }
        return Element.reordered(values)
    }
}
