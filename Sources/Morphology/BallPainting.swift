import Volumes

/// Paints balls into a volume, the greatest value first, so that every voxel is written once.
///
/// Slabs of slices are painted by different cores, each with the balls that reach it. What has not been
/// painted is one bit a voxel, so that a row of a ball meets words of 64 voxels. What a voxel ends up
/// with is the greatest value of the balls that cover it, however many cores there are.
struct BallPainting: Sendable {
    /// Slices painted by one core at a time.
    private static let slab = 32

    /// The balls of every slice.
    let balls: [[Ball]]
    /// The extent of the volume.
    let shape: Shape
    /// Where voxels may be painted.
    let fieldOfView: FieldOfView
    /// The slices that the largest ball reaches from its own.
    private let reach: Int
    private let roots: WholeRoots

    /// Paints `balls`, by slice, in a volume of `shape` as far as it lies in `fieldOfView`.
    init(_ balls: [[Ball]], in shape: Shape, within fieldOfView: FieldOfView) {
        self.balls = balls
        self.fieldOfView = fieldOfView
        self.shape = shape
        let largest = balls.reduce(UInt32(1)) { $1.reduce($0) { max($0, $1.squaredRadius) } }
        reach = wholeRoot(Int(largest) - 1)
        roots = WholeRoots(below: Int(largest))
    }

    /// Writes to every voxel that a ball covers the greatest value of such; leaves the others.
    func paint(_ volume: inout Volume<UInt32>) {
        volume.withConcurrentRows { rows in
            _ = concurrentMap(count: (shape.depth - 1) / BallPainting.slab + 1) { index in
                let first = index * BallPainting.slab
                paint(first..<min(first + BallPainting.slab, shape.depth), rows)
            }
        }
    }

    /// A ball as it stands in the order of painting.
    private struct Placed {
        let value: UInt32
        let squaredRadius: UInt32
        let z: UInt32
        let place: UInt32
    }

    private func paint(_ slices: Range<Int>, _ rows: ConcurrentRows<UInt32>) {
        let height = shape.height
        var blank = BlankRows(slices, within: fieldOfView, in: shape)
        for ball in inOrder(reaching: slices) {
            let square = Int(ball.squaredRadius) - 1
            let (y, x) = Int(ball.place).quotientAndRemainder(dividingBy: shape.width)
            let z = Int(ball.z)
            let radius = roots.root(square)
            for c in max(z - radius, slices.lowerBound)..<min(z + radius + 1, slices.upperBound) {
                let rest = square - (c - z) * (c - z)
                let radius = roots.root(rest)
                for b in max(y - radius, 0)...min(y + radius, height - 1) {
                    let half = roots.root(rest - (b - y) * (b - y))
                    let row = c * height + b
                    blank.paint(
                        row: row - slices.lowerBound * height, from: max(x - half, 0),
                        through: min(x + half, shape.width - 1), ball.value, rows,
                        at: row * shape.width)
                }
            }
        }
    }

    /// The balls that reach some slices, those of the greatest value first.
    private func inOrder(reaching slices: Range<Int>) -> [Placed] {
        var placed: [Placed] = []
        let near = max(slices.lowerBound - reach, 0)..<min(slices.upperBound + reach, shape.depth)
        for z in near {
            let away = max(slices.lowerBound - z, z - slices.upperBound + 1, 0)
            for ball in balls[z] where Int(ball.squaredRadius) > away * away {
                placed.append(
                    Placed(
                        value: ball.value, squaredRadius: ball.squaredRadius, z: UInt32(z),
                        place: ball.place))
            }
        }
        // Radix sort, eleven bits at a time and no more of them than the values have.
        let greatest = placed.reduce(0) { max($0, $1.value) }
        var other = placed
        for shift in stride(from: UInt32(0), to: 32, by: 11) where greatest >> shift > 0 {
            var starts = [Int](repeating: 0, count: 2049)
            for ball in placed { starts[2048 - Int(ball.value >> shift & 2047)] += 1 }
            for digit in 1...2048 { starts[digit] += starts[digit - 1] }
            for ball in placed {
                let digit = 2047 - Int(ball.value >> shift & 2047)
                other[starts[digit]] = ball
                starts[digit] += 1
            }
            swap(&placed, &other)
        }
        return placed
    }
}

/// What has not been painted of some rows, one bit a voxel.
private struct BlankRows {
    private var bits: [UInt64]
    /// The words of a row.
    private let words: Int

    /// The rows of some slices, of which what is outside `fieldOfView` is not to be painted.
    init(_ slices: Range<Int>, within fieldOfView: FieldOfView, in shape: Shape) {
        words = (shape.width + 63) / 64
        bits = Array(repeating: .max, count: slices.count * shape.height * words)
        if fieldOfView == .all { return }
        for z in slices {
            for y in 0..<shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: shape)
                let word = ((z - slices.lowerBound) * shape.height + y) * words
                for x in 0..<shape.width where !columns.contains(x) {
                    bits[word + x >> 6] &= ~(1 << UInt64(x & 63))
                }
            }
        }
    }

    /// Paints what is blank of columns `first` through `last` of a row that begins at `start` of `rows`.
    @inline(__always)
    mutating func paint(
        row: Int, from first: Int, through last: Int, _ value: UInt32,
        _ rows: ConcurrentRows<UInt32>, at start: Int
    ) {
        let word = row &* words
        for index in (first >> 6)...(last >> 6) {
            var hits = bits[word + index]
            if index == first >> 6 { hits &= .max << UInt64(first & 63) }
            if index == last >> 6 { hits &= .max >> UInt64(63 - last & 63) }
            if hits == 0 { continue }
            bits[word + index] ^= hits
            while hits != 0 {
                rows[start + index << 6 + hits.trailingZeroBitCount] = value
                hits &= hits - 1
            }
        }
    }
}

/// Square roots of whole numbers, rounded down: small ones from a table.
private struct WholeRoots: Sendable {
    private let table: [UInt16]

    init(below count: Int) {
        table = (0..<min(count, 1 << 16)).map { UInt16(wholeRoot($0)) }
    }

    @inline(__always)
    func root(_ number: Int) -> Int {
        number < table.count ? Int(table[number]) : wholeRoot(number)
    }
}
