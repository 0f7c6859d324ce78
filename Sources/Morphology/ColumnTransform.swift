import Volumes

/// One pass of the distance transform: the columns of a plane of squared distances, in place.
///
/// Sixteen columns go at once. Short distances, nearly all of them in a pore space, are found by
/// trying the neighbours outwards, until one further away could not be nearer than what was found;
/// that is whole vectors of 16-bit numbers. A column in which that does not settle every place is
/// done by its lower envelope, so that the pass stays linear.
struct ColumnTransform {
    /// Columns at once.
    private static let lanes = 16
    /// How far neighbours are tried: while their squared distance alone is no more than this.
    private static let reach = 48 * 48
    /// What stands for longer squared distances; with `reach` added it still fits 16 bits.
    private static let far: Int16 = 30_000

    private let count: Int
    private let edge: Int
    /// The squared distance to the neighbours tried, from the nearest.
    private let steps: [Int16]
    /// The values of sixteen columns, with room on both sides.
    private var values: [SIMD16<Int16>]
    private var nearest: [SIMD16<Int16>]
    private var envelope: LowerEnvelope

    /// A transform for columns of `count` voxels, `edge` long each.
    init(count: Int, edge: Int) {
        self.count = count
        self.edge = edge
        let square = edge * edge
        steps = (1...48).prefix { $0 * $0 * square <= ColumnTransform.reach && $0 < count }
            .map { Int16($0 * $0 * square) }
        values = Array(
            repeating: SIMD16(repeating: ColumnTransform.far), count: count + 2 * steps.count)
        nearest = Array(repeating: SIMD16(), count: count)
        envelope = LowerEnvelope(count: count, edge: edge)
    }

    /// Replaces every column of the plane whose rows of `width` begin at `first`, `stride` apart.
    mutating func transform(
        _ rows: ConcurrentRows<UInt32>, first: Int, stride: Int, width: Int
    ) {
        for column in Swift.stride(from: 0, to: width, by: ColumnTransform.lanes) {
            let lanes = min(ColumnTransform.lanes, width - column)
            take(rows, first + column, stride, lanes)
            let longest = ColumnTransform.search(values, steps, &nearest)
            give(rows, first + column, stride, lanes, longest)
        }
    }

    /// Reads the block of columns; those beyond the plane are zero.
    private mutating func take(
        _ rows: ConcurrentRows<UInt32>, _ first: Int, _ stride: Int, _ lanes: Int
    ) {
        let limit = SIMD16<UInt32>(repeating: UInt32(ColumnTransform.far))
        let (count, before) = (count, steps.count)
        var span = values.mutableSpan
        for i in 0..<count {
            var row = SIMD16<UInt32>()
            if lanes == ColumnTransform.lanes {
                row = rows.load(at: first + i * stride, as: SIMD16<UInt32>.self)
            } else {
                for lane in 0..<lanes { row[lane] = rows[first + i * stride + lane] }
            }
            span[before + i] = SIMD16<Int16>(truncatingIfNeeded: pointwiseMin(row, limit))
        }
    }

    /// Finds the nearest of the block, as far as steps go; returns the longest of every column.
    private static func search(
        _ values: [SIMD16<Int16>], _ steps: [Int16], _ nearest: inout [SIMD16<Int16>]
    ) -> SIMD16<Int16> {
        let before = steps.count
        let values = values.span
        let steps = steps.span
        var nearest = nearest.mutableSpan
        var longest = SIMD16<Int16>()
        for i in 0..<nearest.count {
            var best = values[before + i]
            if ColumnTransform.isZero(best) {
                nearest[i] = best
                continue
            }
            for k in 0..<steps.count {
                let step = SIMD16(repeating: steps[k])
                if ColumnTransform.isZero(pointwiseMax(best, step) &- step) { break }
                best = pointwiseMin(best, values[before + i - k - 1] &+ step)
                best = pointwiseMin(best, values[before + i + k + 1] &+ step)
            }
            nearest[i] = best
            longest = pointwiseMax(longest, best)
        }
        return longest
    }

    /// Writes the block; columns with longer distances than were tried are done by envelope.
    private mutating func give(
        _ rows: ConcurrentRows<UInt32>, _ first: Int, _ stride: Int, _ lanes: Int,
        _ longest: SIMD16<Int16>
    ) {
        // A neighbour not tried is at least this far.
        let settled =
            steps.count + 1 >= count
            ? Int(ColumnTransform.far) - 1
            : min(edge * edge * (steps.count + 1) * (steps.count + 1), Int(ColumnTransform.far) - 1)
        let open = (0..<lanes).filter { Int(longest[$0]) > settled }
        if open.isEmpty, lanes == ColumnTransform.lanes {
            for i in 0..<count {
                rows.store(
                    SIMD16<UInt32>(truncatingIfNeeded: nearest[i]), at: first + i * stride)
            }
            return
        }
        for lane in 0..<lanes {
            if open.contains(lane) {
                for i in 0..<count { envelope.line[i] = rows[first + i * stride + lane] }
                envelope.transform()
                for i in 0..<count { rows[first + i * stride + lane] = envelope.line[i] }
            } else {
                for i in 0..<count {
                    rows[first + i * stride + lane] = UInt32(nearest[i][lane])
                }
            }
        }
    }

    @inline(__always)
    private static func isZero(_ vector: SIMD16<Int16>) -> Bool {
        let words = unsafe unsafeBitCast(vector, to: SIMD4<UInt64>.self)
        return (words[0] | words[1]) | (words[2] | words[3]) == 0
    }
}
