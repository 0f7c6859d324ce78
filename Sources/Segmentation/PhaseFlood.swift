import Volumes

/// A voxel on the way to its phase, in a byte: the phase, and which of its six neighbours are
/// missing because the volume or the field of view ends there.
enum FloodCode {
    static let open: UInt8 = 0
    static let darker: UInt8 = 1
    static let brighter: UInt8 = 2
    static let outside: UInt8 = 3
    static let phase: UInt8 = 3
    /// Faces in storage order: -z, -y, -x, +x, +y, +z.
    @inline(__always)
    static func missing(_ face: Int) -> UInt8 { 4 << UInt8(face) }
}

/// How early a voxel is flooded.
protocol FloodLevels: Sendable {
    associatedtype Element: BitwiseCopyable & Sendable
    /// What the levels come from.
    var volume: Volume<Element> { get }
    /// The level of a place, 0..<65,536.
    func level(
        of place: Int, _ code: UInt8, in voxels: Span<Element>, strides: InlineArray<6, Int>
    ) -> Int
}

/// Levels as they are given.
struct StoredLevels: FloodLevels {
    let volume: Volume<UInt16>

    @inline(__always)
    func level(
        of place: Int, _ code: UInt8, in voxels: Span<UInt16>, strides: InlineArray<6, Int>
    ) -> Int {
        Int(voxels[place])
    }
}

/// The magnitude of the gradient, in steps of one level.
///
/// Differences are central, over two voxels, and one-sided over one where a neighbour is missing,
/// as in `numpy.gradient`; along an axis without neighbours there is none.
struct GradientLevels<Element: GreyElement>: FloodLevels {
    let volume: Volume<Element>
    /// Levels for one grey value a voxel.
    let levelsPerGrey: Double

    @inline(__always)
    func level(
        of place: Int, _ code: UInt8, in voxels: Span<Element>, strides: InlineArray<6, Int>
    ) -> Int {
        var squares = 0.0
        for axis in 0..<3 {
            let hasLow = code & FloodCode.missing(axis) == 0
            let hasHigh = code & FloodCode.missing(5 - axis) == 0
            let low = voxels[hasLow ? place + strides[axis] : place].doubleValue
            let high = voxels[hasHigh ? place + strides[5 - axis] : place].doubleValue
            let slope = hasLow && hasHigh ? (high - low) / 2 : high - low
            squares += slope * slope
        }
        return Int(min(squares.squareRoot() * levelsPerGrey, 65_535))
    }
}

/// Floods open voxels from the phases around them, the lowest levels first, until the phases meet.
///
/// A voxel takes the phase of the neighbour, across a face, that reaches it first: levels from the
/// lowest up, first come first served within a level, and a voxel below the level it is reached
/// from counts as at that level. Voxels that have a phase come first, in storage order. So
/// `skimage.segmentation.watershed` (0.26) floods `levels` from all of them, where it leaves the
/// order of markers of one level open (Meyer 1994, doi:10.1016/0165-1684(94)90060-4).
///
/// - Parameters:
///   - codes: The phases, changed in place; open voxels that no phase reaches stay open.
///   - levels: When a voxel is flooded.
/// - Complexity: Linear in voxels; eight bytes for every voxel of the front beside the codes.
func floodPhases<Levels: FloodLevels>(_ codes: inout Volume<UInt8>, by levels: Levels) {
    let shape = codes.shape
    let strides: InlineArray<6, Int> = [
        -shape.sliceCount, -shape.width, -1, 1, shape.width, shape.sliceCount,
    ]
    var queue = BucketQueue(levels: 1 << 16)
    let shores = shores(of: codes, strides: strides, by: levels)
    for slice in shores {
        for (place, level) in slice { queue.push(place, level: Int(level)) }
    }
    levels.volume.withVoxels { voxels in
        codes.withMutableVoxels { codes in
            run(&queue, over: &codes, voxels, strides: strides, by: levels)
        }
    }
}

/// Serves the queue to its end.
private func run<Levels: FloodLevels>(
    _ queue: inout BucketQueue, over codes: inout MutableSpan<UInt8>,
    _ voxels: Span<Levels.Element>, strides: InlineArray<6, Int>, by levels: Levels
) {
    while let next = queue.pop() {
        let place = Int(next)
        let code = codes[place]
        let phase = code & FloodCode.phase
        for face in 0..<6 where code & FloodCode.missing(face) == 0 {
            let neighbour = place + strides[face]
            let open = codes[neighbour]
            if open & FloodCode.phase != FloodCode.open { continue }
            codes[neighbour] = open | phase
            queue.push(
                UInt32(neighbour),
                level: levels.level(of: neighbour, open, in: voxels, strides: strides))
        }
    }
}

/// The voxels of every slice from which the flood sets out, with their levels.
private func shores<Levels: FloodLevels>(
    of codes: Volume<UInt8>, strides: InlineArray<6, Int>, by levels: Levels
) -> [[(place: UInt32, level: UInt16)]] {
    concurrentMap(count: codes.shape.depth) { z in
        shore(of: codes, slice: z, strides: strides, by: levels)
    }
}

/// The voxels of a slice from which the flood sets out: those with a phase and an open neighbour.
private func shore<Levels: FloodLevels>(
    of codes: Volume<UInt8>, slice: Int, strides: InlineArray<6, Int>, by levels: Levels
) -> [(place: UInt32, level: UInt16)] {
    let shape = codes.shape
    var shore: [(place: UInt32, level: UInt16)] = []
    levels.volume.withVoxels { voxels in
        codes.withVoxels { codes in
            for place in (slice * shape.sliceCount)..<((slice + 1) * shape.sliceCount) {
                let code = codes[place]
                let phase = code & FloodCode.phase
                if phase == FloodCode.open || phase == FloodCode.outside { continue }
                for face in 0..<6
                where code & FloodCode.missing(face) == 0
                    && codes[place + strides[face]] & FloodCode.phase == FloodCode.open
                {
                    let level = levels.level(of: place, code, in: voxels, strides: strides)
                    shore.append((UInt32(place), UInt16(level)))
                    break
                }
            }
        }
    }
    return shore
}

/// Codes without phases yet: open in view, with the faces at which it ends.
func openCodes(_ shape: Shape, within fieldOfView: FieldOfView) -> Volume<UInt8> {
    Volume(shape: shape) { z, slice in
        for y in 0..<shape.height {
            let columns = fieldOfView.columns(z: z, y: y, in: shape)
            let base = y * shape.width
            for x in 0..<shape.width { slice[base + x] = FloodCode.outside }
            for x in columns { slice[base + x] = FloodCode.open }
            if columns.isEmpty { continue }
            slice[base + columns.lowerBound] |= FloodCode.missing(2)
            slice[base + columns.upperBound - 1] |= FloodCode.missing(3)
            func end(_ face: Int, _ z: Int, _ y: Int, _ slice: inout MutableSpan<UInt8>) {
                let isInside = z >= 0 && y >= 0 && z < shape.depth && y < shape.height
                let beside =
                    isInside ? fieldOfView.columns(z: z, y: y, in: shape) : 0..<0
                let shared = columns.clamped(to: beside)
                for x in columns where !shared.contains(x) {
                    slice[base + x] |= FloodCode.missing(face)
                }
            }
            end(0, z - 1, y, &slice)
            end(1, z, y - 1, &slice)
            end(4, z, y + 1, &slice)
            end(5, z + 1, y, &slice)
        }
    }
}
