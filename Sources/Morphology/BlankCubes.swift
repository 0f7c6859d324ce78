import Volumes

/// Which voxels of some slices have not been painted, by cubes: what large balls are painted on, most of
/// which has been painted by others before.
///
/// A word stands for 16 columns of 4 rows of a slice, one bit a voxel, and an index word for 64 of those
/// words, which make a cube of 16 voxels' edge. So a ball passes over what has been painted by the cube,
/// and else by the word.
struct BlankCubes {
    /// The edge of a cube.
    private static let edge = 16

    private let slices: Range<Int>
    private let shape: Shape
    /// Cubes along y and x.
    private let cubesAlongY: Int
    private let cubesAlongX: Int
    /// The 64 words of every cube: four a slice.
    private var words: [UInt64]
    /// Which words of a cube are not zero.
    private var index: [UInt64]

    /// Takes the voxels of some slices that are in `fieldOfView`, or in the whole volume those that are
    /// not 0 in `rows`.
    init(
        _ slices: Range<Int>, of rows: ConcurrentRows<UInt32>, in shape: Shape,
        within fieldOfView: FieldOfView
    ) {
        self.slices = slices
        self.shape = shape
        let edge = BlankCubes.edge
        cubesAlongY = (shape.height + edge - 1) / edge
        cubesAlongX = (shape.width + edge - 1) / edge
        let count = (slices.count + edge - 1) / edge * cubesAlongY * cubesAlongX
        words = Array(repeating: 0, count: 64 * count)
        index = Array(repeating: 0, count: count)
        for z in slices {
            let depth = z - slices.lowerBound
            for y in 0..<shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: shape)
                let cubes = (depth / edge * cubesAlongY + y / edge) * cubesAlongX
                let word = depth % edge * 4 + y % edge / 4
                rows.withRow(
                    at: (z * shape.height + y) * shape.width + columns.lowerBound,
                    count: columns.count
                ) { values in
                    for x in columns
                    where fieldOfView != .all || values[x - columns.lowerBound] > 0 {
                        let cube = cubes + x / edge
                        words[cube * 64 + word] |= 1 << UInt64(y % 4 * edge + x % edge)
                        index[cube] |= 1 << UInt64(word)
                    }
                }
            }
        }
    }

    /// The bits of 16 columns of a row, the first at 16 times `part`.
    func columns(_ depth: Int, _ y: Int, _ part: Int) -> UInt64 {
        let edge = BlankCubes.edge
        let cube = (depth / edge * cubesAlongY + y / edge) * cubesAlongX + part
        let word = words[cube * 64 + depth % edge * 4 + y % edge / 4]
        return (word >> UInt64(y % 4 * edge)) & 0xFFFF
    }

    /// Paints what is blank of a ball.
    mutating func paint(
        _ ball: PlacedBall, _ rows: ConcurrentRows<UInt32>, roots: WholeRoots
    ) {
        let (z, y, x, square) = (ball.z, ball.y, ball.x, ball.square)
        let edge = BlankCubes.edge
        let radius = roots.root(square)
        let depth = z - slices.lowerBound
        let last = slices.count - 1
        for cubeZ in (max(depth - radius, 0) / edge)...(min(depth + radius, last) / edge) {
            let awayZ = BlankCubes.distance(depth, cubeZ * edge, edge)
            for cubeY in (max(y - radius, 0) / edge)...(min(y + radius, shape.height - 1) / edge) {
                let awayY = BlankCubes.distance(y, cubeY * edge, edge)
                let left = square - awayZ * awayZ - awayY * awayY
                if left < 0 { continue }
                let reach = roots.root(left)
                let cubes = (cubeZ * cubesAlongY + cubeY) * cubesAlongX
                for cubeX in (max(x - reach, 0) / edge)...(min(x + reach, shape.width - 1) / edge) {
                    let cube = cubes + cubeX
                    if index[cube] == 0 { continue }
                    paint(
                        cube, ball.value, SIMD3(cubeZ, cubeY, cubeX) &* edge,
                        centre: SIMD3(depth, y, x), square, roots, rows)
                }
            }
        }
    }

    /// Paints what is blank of a ball in one cube that begins at `corner`.
    @inline(__always)
    private mutating func paint(
        _ cube: Int, _ value: UInt32, _ corner: SIMD3<Int>, centre: SIMD3<Int>, _ square: Int,
        _ roots: WholeRoots, _ rows: ConcurrentRows<UInt32>
    ) {
        let edge = BlankCubes.edge
        var open = index[cube]
        // Only slices and groups of rows that the ball reaches.
        let radius = roots.root(square)
        open &= BlankCubes.slices(
            from: centre.x &- radius &- corner.x, to: centre.x &+ radius &- corner.x)
        open &= BlankCubes.groups(
            from: centre.y &- radius &- corner.y, to: centre.y &+ radius &- corner.y)
        while open != 0 {
            let place = open.trailingZeroBitCount
            open &= open &- 1
            let z = corner.x &+ place >> 2
            let y = corner.y &+ (place & 3) &* 4
            let rest = square &- (z &- centre.x) &* (z &- centre.x)
            let word = cube &* 64 &+ place
            let blank = words[word]
            let hits =
                blank
                & BlankCubes.disc(
                    rest, y: y &- centre.y, x: centre.z &- corner.z, roots)
            if hits == 0 { continue }
            words[word] = blank ^ hits
            if blank == hits { index[cube] ^= 1 &<< UInt64(truncatingIfNeeded: place) }
            let start = ((z &+ slices.lowerBound) &* shape.height &+ y) &* shape.width &+ corner.z
            var left = hits
            repeat {
                let bit = left.trailingZeroBitCount
                rows[start &+ (bit >> 4) &* shape.width &+ (bit & (edge &- 1))] = value
                left &= left &- 1
            } while left != 0
        }
    }

    /// The bits of a disc in a word: of columns no further than the root of `rest` from column `x`, in
    /// four rows of which the first is `y` from the centre's.
    @inline(__always)
    private static func disc(_ rest: Int, y: Int, x: Int, _ roots: WholeRoots) -> UInt64 {
        // Without branches, which could not be foreseen.
        var bits: UInt64 = 0
        for row in 0..<4 {
            let left = rest &- (y &+ row) &* (y &+ row)
            let half = roots.root(max(left, 0))
            let first = min(max(x &- half, 0), 16)
            let end = min(max(x &+ half &+ 1, 0), 16)
            let columns = (1 &<< end) &- (1 &<< first)
            // All ones unless the row lies beyond the ball.
            let isReached = ~(left &>> 63)
            bits |=
                UInt64(truncatingIfNeeded: columns & isReached)
                &<< UInt64(truncatingIfNeeded: 16 &* row)
        }
        return bits
    }

    /// The bits of the words of slices `first` through `last` of a cube, as far as it has them.
    @inline(__always)
    private static func slices(from first: Int, to last: Int) -> UInt64 {
        var bits = UInt64.max
        if first > 0 { bits &= .max << UInt64(4 * first) }
        if last < 15 { bits &= .max >> UInt64(60 - 4 * last) }
        return bits
    }

    /// The bits of the words of rows `first` through `last` of a cube, as far as it has them.
    @inline(__always)
    private static func groups(from first: Int, to last: Int) -> UInt64 {
        var groups: UInt64 = 0xF
        if first > 3 { groups &= 0xF &<< UInt64(truncatingIfNeeded: first >> 2) }
        if last < 12 { groups &= 0xF &>> UInt64(truncatingIfNeeded: 3 &- last >> 2) }
        return groups &* 0x1111_1111_1111_1111
    }

    /// How far a place is from a range of some length.
    @inline(__always)
    private static func distance(_ place: Int, _ first: Int, _ count: Int) -> Int {
        max(first - place, place - first - count + 1, 0)
    }
}
