import Volumes

/// Which voxels of some slices have not been painted, by rows of 64 voxels to a word: what small balls
/// are painted on, which have few rows.
struct BlankRows {
    private let slices: Range<Int>
    private let shape: Shape
    /// The words of a row.
    private let words: Int
    private var bits: [UInt64]

    /// Takes the voxels of some slices that are in `fieldOfView`.
    init(_ slices: Range<Int>, in shape: Shape, within fieldOfView: FieldOfView) {
        self.slices = slices
        self.shape = shape
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

    /// Takes what is left of cubes.
    init(_ cubes: borrowing BlankCubes, _ slices: Range<Int>, in shape: Shape) {
        self.slices = slices
        self.shape = shape
        words = (shape.width + 63) / 64
        bits = []
        bits.reserveCapacity(slices.count * shape.height * words)
        for depth in 0..<slices.count {
            for y in 0..<shape.height {
                for word in 0..<words {
                    var row: UInt64 = 0
                    for part in 0..<4 where word * 64 + part * 16 < shape.width {
                        row |= cubes.columns(depth, y, word * 4 + part) << UInt64(16 * part)
                    }
                    bits.append(row)
                }
            }
        }
    }

    /// Paints what is blank of some balls.
    mutating func paint(
        _ balls: ArraySlice<PlacedBall>, _ rows: ConcurrentRows<UInt32>, roots: WholeRoots
    ) {
        let (slices, words) = (slices, words)
        let (height, width) = (shape.height, shape.width)
        var bits = bits.mutableSpan
        for ball in balls {
            let square = ball.square
            let (z, y, x) = (ball.z, ball.y, ball.x)
            let radius = roots.root(square)
            for c in max(z - radius, slices.lowerBound)..<min(z + radius + 1, slices.upperBound) {
                let rest = square - (c - z) * (c - z)
                let radius = roots.root(rest)
                let first = max(y - radius, 0)
                var step = first - y
                var row = (c * height + first) * width
                var word = ((c - slices.lowerBound) * height + first) * words
                for _ in first...min(y + radius, height - 1) {
                    let half = roots.root(rest &- step &* step)
                    BlankRows.paint(
                        &bits, row: word, from: max(x &- half, 0),
                        through: min(x &+ half, width &- 1), ball.value, rows, at: row)
                    step &+= 1
                    row &+= width
                    word &+= words
                }
            }
        }
    }

    /// Paints what is blank of columns `first` through `last` of the row whose bits begin at word `row`,
    /// and whose voxels begin at `start` of `rows`.
    @inline(__always)
    private static func paint(
        _ bits: inout MutableSpan<UInt64>, row: Int, from first: Int, through last: Int,
        _ value: UInt32, _ rows: ConcurrentRows<UInt32>, at start: Int
    ) {
        var from = first
        repeat {
            let word = row &+ from >> 6
            // From here to the end of the row's part, or of the word.
            let through = min(last, from | 63)
            var hits = bits[word] & (.max &<< UInt64(truncatingIfNeeded: from))
            hits &= .max &>> UInt64(truncatingIfNeeded: 63 &- through)
            if hits != 0 {
                bits[word] ^= hits
                let column = start &+ from & ~63
                repeat {
                    rows[column &+ hits.trailingZeroBitCount] = value
                    hits &= hits &- 1
                } while hits != 0
            }
            from = through &+ 1
        } while from <= last
    }
}
