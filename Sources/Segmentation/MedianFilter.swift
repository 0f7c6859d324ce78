import Volumes

/// Replaces every voxel by the median of the 3x3x3 voxels around it; in an image, of 3x3.
///
/// Beyond a face the volume goes on mirrored at it (mode `reflect` of `scipy.ndimage.median_filter`),
/// which for this width repeats the outermost voxel. Voxels are ordered by `<`, so they hold no NaN.
///
/// - Complexity: Linear in voxels; one more volume in memory.
func medianFiltered<Element: GreyElement>(_ volume: Volume<Element>) -> Volume<Element> {
    let shape = volume.shape
    var filtered = volume
    filtered.forEachSliceConcurrently { z, slice in
        var rows = MedianRows<Element>(width: shape.width)
        for y in 0..<shape.height {
            let ahead = min(y + 1, shape.height - 1)
            for row in (y == 0 ? 0 : ahead)...ahead {
                let starts = [max(z - 1, 0), z, min(z + 1, shape.depth - 1)].map {
                    ($0 * shape.height + row) * shape.width
                }
                volume.withVoxels { voxels in
                    rows.take(
                        row,
                        below: voxels.extracting(starts[0]..<(starts[0] + shape.width)),
                        middle: voxels.extracting(starts[1]..<(starts[1] + shape.width)),
                        above: voxels.extracting(starts[2]..<(starts[2] + shape.width)))
                }
            }
            rows.medians(around: y, last: shape.height - 1, into: &slice)
        }
    }
    return filtered
}

/// The scratch memory of one slice: sorted along z first, then y, then x, each sort shared by the
/// neighbours that need it. Eight voxels at a time.
private struct MedianRows<Element: GreyElement> {
    private typealias Block = SIMD8<Element>

    private let width: Int
    private let blocks: Int
    /// Three rows of the slice, each as its lowest, middle and highest values along z.
    private var alongZ: [Block]
    /// The same values sorted along y too: nine rows, each with one voxel more at both ends.
    private var alongY: [Element]

    init(width: Int) {
        self.width = width
        blocks = (width + 7) / 8
        let zero = Element(nearest: 0)
        alongZ = Array(repeating: Block(repeating: zero), count: 9 * blocks)
        alongY = Array(repeating: zero, count: 9 * (8 * blocks + 2))
    }

    /// Takes row `y` of three neighbouring slices, in place of row `y - 3`.
    mutating func take(
        _ y: Int, below: Span<Element>, middle: Span<Element>, above: Span<Element>
    ) {
        let base = y % 3 * 3 * blocks
        for block in 0..<blocks {
            var low = load(below, block)
            var mid = load(middle, block)
            var high = load(above, block)
            sort(&low, &mid, &high)
            alongZ[base + block] = low
            alongZ[base + blocks + block] = mid
            alongZ[base + 2 * blocks + block] = high
        }
    }

    /// Writes the medians of row `y` of a slice whose last row is `last`.
    mutating func medians(around y: Int, last: Int, into slice: inout MutableSpan<Element>) {
        sortAlongY(around: y, last: last)
        let stride = MemoryLayout<Element>.stride
        let pitch = (8 * blocks + 2) * stride
        let source = unsafe alongY.span.bytes
        for block in 0..<blocks {
            /// Three neighbours along x of the row with these ranks along z and y, sorted.
            func line(_ z: Int, _ y: Int) -> (Block, Block, Block) {
                let first = (z * 3 + y) * pitch + block * 8 * stride
                var a = unsafe source.unsafeLoadUnaligned(fromByteOffset: first, as: Block.self)
                var b = unsafe source.unsafeLoadUnaligned(
                    fromByteOffset: first + stride, as: Block.self)
                var c = unsafe source.unsafeLoadUnaligned(
                    fromByteOffset: first + 2 * stride, as: Block.self)
                sort(&a, &b, &c)
                return (a, b, c)
            }
            let median = medianOfSortedCube(
                line(0, 0), line(0, 1), line(0, 2), line(1, 0), line(1, 1), line(1, 2),
                line(2, 0), line(2, 1), line(2, 2))
            let first = block * 8
            if first + 8 <= width {
                var bytes = unsafe slice.mutableBytes
                bytes.storeBytes(
                    of: median, toByteOffset: (y * width + first) * stride, as: Block.self)
            } else {
                for x in first..<width { slice[y * width + x] = median[x - first] }
            }
        }
    }

    private mutating func sortAlongY(around y: Int, last: Int) {
        let (before, here, after) = (max(y - 1, 0) % 3, y % 3, min(y + 1, last) % 3)
        let stride = MemoryLayout<Element>.stride
        let pitch = 8 * blocks + 2
        for rank in 0..<3 {
            for block in 0..<blocks {
                var low = alongZ[(before * 3 + rank) * blocks + block]
                var mid = alongZ[(here * 3 + rank) * blocks + block]
                var high = alongZ[(after * 3 + rank) * blocks + block]
                sort(&low, &mid, &high)
                let first = (rank * 3 * pitch + block * 8 + 1) * stride
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

    /// Eight voxels of a row; past its end the last voxel again.
    private func load(_ row: Span<Element>, _ block: Int) -> Block {
        let first = block * 8
        if first + 8 <= width {
            return unsafe row.bytes.unsafeLoadUnaligned(
                fromByteOffset: first * MemoryLayout<Element>.stride, as: Block.self)
        }
        var values = Block(repeating: row[width - 1])
        for x in first..<width { values[x - first] = row[x] }
        return values
    }
}
