import Volumes

/// Paints balls into a volume, the greatest value first, so that every voxel is written once.
///
/// Slabs of slices are painted by different cores, each with the balls that reach it, and what has been
/// painted is one bit a voxel (see ``BlankCubes``, ``BlankRows``). What a voxel ends up with is the greatest
/// value of the balls that cover it, however many cores there are.
struct BallPainting: Sendable {
    /// Slices painted by one core at a time.
    private static let slab = 32
    /// Balls whose squared radius is above this are painted by cubes, up to the last of them.
    private static let largeSquare = 12 * 12

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

    private func paint(_ slices: Range<Int>, _ rows: ConcurrentRows<UInt32>) {
        let balls = inOrder(reaching: slices)
        let large = BallPainting.largeSquare
        let firstOfSmall = (balls.lastIndex { $0.square >= large } ?? -1) + 1
        var blank: BlankRows
        if firstOfSmall > 0 {
            var cubes = BlankCubes(slices, of: rows, in: shape, within: fieldOfView)
            for ball in balls[..<firstOfSmall] { cubes.paint(ball, rows, roots: roots) }
            blank = BlankRows(cubes, slices, in: shape)
        } else {
            blank = BlankRows(slices, in: shape, within: fieldOfView)
        }
        blank.paint(balls[firstOfSmall...], rows, roots: roots)
    }

    /// The balls that reach some slices, those of the greatest value first.
    private func inOrder(reaching slices: Range<Int>) -> [PlacedBall] {
        var placed: [PlacedBall] = []
        let near = max(slices.lowerBound - reach, 0)..<min(slices.upperBound + reach, shape.depth)
        for z in near {
            let away = max(slices.lowerBound - z, z - slices.upperBound + 1, 0)
            for ball in balls[z] where Int(ball.squaredRadius) > away * away {
                placed.append(
                    PlacedBall(
                        value: ball.value, squaredRadius: ball.squaredRadius, slice: UInt32(z),
                        row: ball.place / UInt32(shape.width),
                        column: ball.place % UInt32(shape.width)))
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

/// A ball in the order of painting.
struct PlacedBall: Sendable {
    /// What its voxels are painted with.
    let value: UInt32
    fileprivate let squaredRadius: UInt32
    fileprivate let slice: UInt32
    fileprivate let row: UInt32
    fileprivate let column: UInt32

    /// The largest squared distance of a voxel from the centre.
    @inline(__always) var square: Int { Int(squaredRadius) - 1 }
    /// The slice of the centre.
    @inline(__always) var z: Int { Int(slice) }
    /// The row of the centre.
    @inline(__always) var y: Int { Int(row) }
    /// The column of the centre.
    @inline(__always) var x: Int { Int(column) }
}
