import Volumes

/// The distinct squared distances of a pore space, ascending, so that a level is a small number.
struct DistanceLevels: Sendable {
    /// The squared distance of every level, ascending.
    let squaredDistances: [UInt32]
    /// The voxels of every level.
    let counts: [Int]
    /// The level of every squared distance that occurs; empty where that table would be longer than
    /// the volume, and levels are searched for.
    private let levels: [UInt32]

    /// Counts the levels of the voxels of `pore`, on all cores.
    ///
    /// - Parameter solidIsLowest: Whether level 0 is that of solid, where no voxel is counted.
    init(of pore: Mask, squaredDistances: Volume<UInt32>, solidIsLowest: Bool = false) {
        let shape = pore.shape
        var distances: [UInt32] = solidIsLowest ? [0] : []
        var counts = [Int](repeating: 0, count: distances.count)
        // Parts by shape and not by cores, with tables that are short beside the volume.
        let parts = min(shape.depth, 4)
        let limit = max(shape.count / 8, 1 << 16)
        let tables = concurrentMap(count: parts) { part in
            DistanceLevels.histogram(
                of: (shape.depth * part / parts)..<(shape.depth * (part + 1) / parts),
                pore, squaredDistances, below: limit)
        }
        guard tables.allSatisfy({ $0 != nil }) else {
            let sorted = DistanceLevels.sorted(pore, squaredDistances)
            self.squaredDistances = distances + sorted.distances
            self.counts = counts + sorted.counts
            levels = []
            return
        }
        let greatest = tables.reduce(0) { max($0, $1?.count ?? 0) }
        var levels = [UInt32](repeating: 0, count: greatest)
        for distance in levels.indices {
            let count = tables.reduce(0) { sum, table in
                guard let table, distance < table.count else { return sum }
                return sum + Int(table[distance])
            }
            if count == 0 { continue }
            levels[distance] = UInt32(distances.count)
            distances.append(UInt32(distance))
            counts.append(count)
        }
        (self.squaredDistances, self.counts, self.levels) = (distances, counts, levels)
    }

    /// The number of levels.
    var count: Int { squaredDistances.count }

    /// Writes, in place of the squared distances of a row that begins at `first`, the level of every
    /// pore voxel and `solid` elsewhere, all marked by `flags`.
    func replace(
        _ words: inout MutableSpan<UInt32>, at first: Int, _ pore: Span<Bool>, flags: UInt32,
        solid: UInt32
    ) {
        guard !levels.isEmpty else {
            for x in 0..<pore.count {
                words[first + x] = pore[x] ? level(of: words[first + x]) | flags : solid | flags
            }
            return
        }
        let levels = levels.span
        for x in 0..<pore.count {
            words[first + x] = pore[x] ? levels[Int(words[first + x])] | flags : solid | flags
        }
    }

    private func level(of distance: UInt32) -> UInt32 {
        var (low, high) = (0, squaredDistances.count - 1)
        while low < high {
            let middle = (low + high) / 2
            if squaredDistances[middle] < distance { low = middle + 1 } else { high = middle }
        }
        return UInt32(low)
    }

    /// How often each squared distance occurs in some slices; `nil` if one is not below `limit`.
    private static func histogram(
        of slices: Range<Int>, _ pore: Mask, _ squaredDistances: Volume<UInt32>, below limit: Int
    ) -> [UInt32]? {
        let sliceCount = pore.shape.sliceCount
        var table: [UInt32] = []
        for z in slices {
            let isBelow = pore.withVoxels { pore in
                squaredDistances.withVoxels { distances in
                    let slice = (z * sliceCount)..<((z + 1) * sliceCount)
                    let (pore, distances) = (pore.extracting(slice), distances.extracting(slice))
                    var greatest: UInt32 = 0
                    for place in 0..<sliceCount {
                        greatest = max(greatest, pore[place] ? distances[place] : 0)
                    }
                    guard greatest < limit else { return false }
                    if greatest >= table.count {
                        let more = Int(greatest) + 1 - table.count
                        table.append(contentsOf: repeatElement(0, count: more))
                    }
                    var counts = table.mutableSpan
                    for place in 0..<sliceCount where pore[place] {
                        counts[Int(distances[place])] += 1
                    }
                    return true
                }
            }
            if !isBelow { return nil }
        }
        return table
    }

    private static func sorted(
        _ pore: Mask, _ squaredDistances: Volume<UInt32>
    ) -> (distances: [UInt32], counts: [Int]) {
        var all: [UInt32] = []
        pore.withVoxels { pore in
            squaredDistances.withVoxels { distances in
                for place in 0..<pore.count where pore[place] { all.append(distances[place]) }
            }
        }
        all.sort()
        var distances: [UInt32] = []
        var counts: [Int] = []
        for distance in all {
            if distances.last != distance {
                distances.append(distance)
                counts.append(0)
            }
            counts[counts.count - 1] += 1
        }
        return (distances, counts)
    }
}
