import Morphology
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
///   - levels: How early a voxel is flooded, at open voxels and beside them.
/// - Complexity: Linear in voxels; four bytes for every voxel of the front, and a block of 256 for every
///   level at it, beside codes and levels.
func floodPhases(_ codes: inout Volume<UInt8>, by levels: Volume<UInt16>) {
    let strides = faceStrides(codes.shape)
    var queue = LevelQueue(levelCount: 1 << 16)
    let shores = shores(of: codes, strides: strides)
    levels.withVoxels { levels in
        for slice in shores {
            for place in slice { queue.append(place, at: Int(levels[Int(place)])) }
        }
        codes.withMutableVoxels { codes in
            run(&queue, over: &codes, levels, strides: strides)
        }
    }
}

/// How far apart in storage a voxel and its neighbours are, by face.
func faceStrides(_ shape: Shape) -> InlineArray<6, Int> {
    [-shape.sliceCount, -shape.width, -1, 1, shape.width, shape.sliceCount]
}

/// Serves the queue to its end.
private func run(
    _ queue: inout LevelQueue, over codes: inout MutableSpan<UInt8>, _ levels: Span<UInt16>,
    strides: InlineArray<6, Int>
) {
    for level in 0..<(1 << 16) {
        while let place = queue.next(at: level) {
            let code = codes[place]
            let phase = code & FloodCode.phase
            for face in 0..<6 where code & FloodCode.missing(face) == 0 {
                let neighbour = place + strides[face]
                let open = codes[neighbour]
                if open & FloodCode.phase != FloodCode.open { continue }
                codes[neighbour] = open | phase
                queue.append(UInt32(neighbour), at: max(Int(levels[neighbour]), level))
            }
        }
    }
}

/// The voxels of every slice from which the flood sets out: those with a phase and an open
/// neighbour.
private func shores(of codes: Volume<UInt8>, strides: InlineArray<6, Int>) -> [[UInt32]] {
    let shape = codes.shape
    return concurrentMap(count: shape.depth) { z in
        var shore: [UInt32] = []
        codes.withVoxels { codes in
            for place in (z * shape.sliceCount)..<((z + 1) * shape.sliceCount) {
                let phase = codes[place] & FloodCode.phase
                if phase == FloodCode.open || phase == FloodCode.outside { continue }
                if hasOpenNeighbour(place, codes, strides) { shore.append(UInt32(place)) }
            }
        }
        return shore
    }
}

@inline(__always)
private func hasOpenNeighbour(
    _ place: Int, _ codes: Span<UInt8>, _ strides: InlineArray<6, Int>
) -> Bool {
    let code = codes[place]
    for face in 0..<6
    where code & FloodCode.missing(face) == 0
        && codes[place + strides[face]] & FloodCode.phase == FloodCode.open
    {
        return true
    }
    return false
}

/// The magnitude of the gradient at open voxels and beside them, in whole levels of which one grey
/// value a voxel has `levelsPerGrey`; 0 elsewhere.
///
/// Differences are central, over two voxels, and one-sided over one where a neighbour is missing,
/// as in `numpy.gradient`; along an axis without neighbours there is none.
func gradientLevels<Element: GreyElement>(
    of volume: Volume<Element>, _ codes: Volume<UInt8>, levelsPerGrey: Double
) -> Volume<UInt16> {
    let shape = volume.shape
    let strides = faceStrides(shape)
    return Volume(shape: shape) { z, slice in
        volume.withVoxels { voxels in
            codes.withVoxels { codes in
                for inSlice in 0..<slice.count {
                    let place = z * shape.sliceCount + inSlice
                    let phase = codes[place] & FloodCode.phase
                    if phase == FloodCode.outside { continue }
                    if phase != FloodCode.open, !hasOpenNeighbour(place, codes, strides) {
                        continue
                    }
                    let steepness = gradient(place, codes[place], voxels, strides)
                    slice[inSlice] = UInt16(min(steepness * levelsPerGrey, 65_535))
                }
            }
        }
    }
}

@inline(__always)
private func gradient<Element: GreyElement>(
    _ place: Int, _ code: UInt8, _ voxels: Span<Element>, _ strides: InlineArray<6, Int>
) -> Double {
    var squares = 0.0
    for axis in 0..<3 {
        let hasLow = code & FloodCode.missing(axis) == 0
        let hasHigh = code & FloodCode.missing(5 - axis) == 0
        let low = voxels[hasLow ? place + strides[axis] : place].doubleValue
        let high = voxels[hasHigh ? place + strides[5 - axis] : place].doubleValue
        let slope = hasLow && hasHigh ? (high - low) / 2 : high - low
        squares += slope * slope
    }
    return squares.squareRoot()
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
