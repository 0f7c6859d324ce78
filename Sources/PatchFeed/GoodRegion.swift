import Dataset
import Volumes

/// The part of a pair that is covered by patches nothing speaks against, and the places in it where a
/// window fits.
///
/// The faces of all patches cut the pair into cells, of which each is good or not as a whole. So what
/// is asked about windows costs the same for a small and a large pair.
struct GoodRegion: Sendable {
    /// The cell of every coordinate along z, y and x.
    private let cells: [[Int32]]
    private let counts: SIMD3<Int>
    /// Cells that are not good in the box from the origin to before each corner of the cells.
    private let bad: [Int32]
    private let shape: Shape

    /// The union of `patches` in a pair of `shape`, without what `spoiled` cover.
    init(of shape: Shape, patches: [Region], spoiled: [Region]) {
        self.shape = shape
        let extents = [shape.depth, shape.height, shape.width]
        let all = patches + spoiled
        func ranges(_ region: Region) -> [Range<Int>] {
            [region.slices, region.rows, region.columns]
        }
        let cells = (0..<3).map { axis in
            var isEdge = [Bool](repeating: false, count: extents[axis] + 1)
            for region in all {
                let range = ranges(region)[axis]
                isEdge[range.lowerBound] = true
                isEdge[range.upperBound] = true
            }
            var cell: Int32 = 0
            return (0..<extents[axis]).map { place in
                if place > 0, isEdge[place] { cell += 1 }
                return cell
            }
        }
        self.cells = cells
        let counts = SIMD3((0..<3).map { Int(cells[$0].last ?? 0) + 1 })
        self.counts = counts
        var isGood = [Bool](repeating: false, count: counts[0] * counts[1] * counts[2])
        for (regions, value) in [(patches, true), (spoiled, false)] {
            for region in regions {
                let spans = (0..<3).map { axis in
                    let range = ranges(region)[axis]
                    return Int(
                        cells[axis][range.lowerBound])...Int(cells[axis][range.upperBound - 1])
                }
                for z in spans[0] {
                    for y in spans[1] {
                        let row = (z * counts[1] + y) * counts[2]
                        for x in spans[2] { isGood[row + x] = value }
                    }
                }
            }
        }
        bad = Self.sums(of: isGood, counts)
    }

    /// Sums over boxes from the origin (summed-area table, Crow 1984, doi:10.1145/964965.808600, in
    /// three dimensions).
    private static func sums(of isGood: [Bool], _ counts: SIMD3<Int>) -> [Int32] {
        let (rows, columns) = (counts[1] + 1, counts[2] + 1)
        var sums = [Int32](repeating: 0, count: (counts[0] + 1) * rows * columns)
        for z in 0..<counts[0] {
            for y in 0..<counts[1] {
                var run: Int32 = 0
                for x in 0..<counts[2] {
                    run += isGood[(z * counts[1] + y) * counts[2] + x] ? 0 : 1
                    let here = ((z + 1) * rows + y + 1) * columns + x + 1
                    sums[here] =
                        run + sums[here - columns] + sums[here - rows * columns]
                        - sums[here - rows * columns - columns]
                }
            }
        }
        return sums
    }

    /// Whether every voxel of the cells that the corners `first` and `last` span is good.
    private func isGood(_ first: SIMD3<Int>, _ last: SIMD3<Int>) -> Bool {
        let (rows, columns) = (counts[1] + 1, counts[2] + 1)
        func sum(_ z: Int, _ y: Int, _ x: Int) -> Int32 { bad[(z * rows + y) * columns + x] }
        let end = last &+ 1
        let upper =
            sum(end[0], end[1], end[2]) - sum(end[0], first[1], end[2])
            - sum(end[0], end[1], first[2]) + sum(end[0], first[1], first[2])
        let lower =
            sum(first[0], end[1], end[2]) - sum(first[0], first[1], end[2])
            - sum(first[0], end[1], first[2]) + sum(first[0], first[1], first[2])
        return upper == lower
    }

    /// Neighbouring starts of a window along one axis that touch the same cells.
    private struct Run {
        let start: Int
        var length: Int
        let first: Int
        let last: Int
    }

    /// The starts along one axis, by the cells that a window of `size` touches.
    private func runs(_ axis: Int, _ starts: ClosedRange<Int>, size: Int) -> [Run] {
        var runs: [Run] = []
        for start in starts {
            let (first, last) = (Int(cells[axis][start]), Int(cells[axis][start + size - 1]))
            if let run = runs.last, run.first == first, run.last == last {
                runs[runs.count - 1].length += 1
            } else {
                runs.append(Run(start: start, length: 1, first: first, last: last))
            }
        }
        return runs
    }

    /// The windows of `size` around an anchor that lie in the good region, as boxes of their starts.
    ///
    /// Along y and x the window and the anchor overlap by half of the shorter of them at least; along z
    /// the middle slice of the window lies in the anchor.
    func windows(of size: Shape, around anchor: Region) -> Windows {
        let middle = size.depth / 2
        guard
            let z = Self.clamped(
                anchor.z - middle, anchor.slices.upperBound - 1 - middle,
                to: shape.depth - size.depth),
            let y = Self.starts(anchor.rows, size.height, in: shape.height),
            let x = Self.starts(anchor.columns, size.width, in: shape.width)
        else { return Windows(boxes: [], size: size) }
        let (zs, ys, xs) = (
            runs(0, z, size: size.depth), runs(1, y, size: size.height),
            runs(2, x, size: size.width)
        )
        var boxes: [Windows.Box] = []
        for z in zs {
            for y in ys {
                for x in xs
                where isGood(SIMD3(z.first, y.first, x.first), SIMD3(z.last, y.last, x.last)) {
                    boxes.append(
                        Windows.Box(
                            start: SIMD3(z.start, y.start, x.start),
                            extent: SIMD3(z.length, y.length, x.length)))
                }
            }
        }
        return Windows(boxes: boxes, size: size)
    }

    private static func starts(
        _ anchor: Range<Int>, _ size: Int, in extent: Int
    ) -> ClosedRange<Int>? {
        let overlap = (min(size, anchor.count) + 1) / 2
        return clamped(
            anchor.lowerBound + overlap - size, anchor.upperBound - overlap, to: extent - size)
    }

    private static func clamped(_ low: Int, _ high: Int, to last: Int) -> ClosedRange<Int>? {
        let (low, high) = (max(low, 0), min(high, last))
        return low <= high ? low...high : nil
    }
}

/// Places of a window: disjoint boxes of the places where it may begin.
struct Windows {
    struct Box {
        let start: SIMD3<Int>
        let extent: SIMD3<Int>
        var count: Int { extent[0] * extent[1] * extent[2] }
    }

    let boxes: [Box]
    let size: Shape

    /// How many places there are.
    var count: Int { boxes.reduce(0) { $0 + $1.count } }

    /// Place `index` of them, below ``count``.
    subscript(index: Int) -> Region {
        var rest = index
        for box in boxes {
            if rest < box.count {
                let (row, x) = rest.quotientAndRemainder(dividingBy: box.extent[2])
                let (z, y) = row.quotientAndRemainder(dividingBy: box.extent[1])
                return Region(
                    z: box.start[0] + z, y: box.start[1] + y, x: box.start[2] + x, shape: size)
            }
            rest -= box.count
        }
        preconditionFailure("a window is one of those counted")
    }
}
