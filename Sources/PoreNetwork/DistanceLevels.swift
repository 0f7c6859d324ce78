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
    init(of pore: Mask, squaredDistances: Volume<UInt32>) {
        let shape = pore.shape
        let greatest =
            concurrentMap(count: shape.depth) { z in
                DistanceLevels.greatest(in: z, of: pore, squaredDistances)
            }.max() ?? 0
        if Int(greatest) >= max(shape.count, 1 << 16) {
            (self.squaredDistances, counts) = DistanceLevels.sorted(pore, squaredDistances)
            levels = []
            return
        }
        // A table a part of the volume: few parts where the table is long.
        let parts = min(shape.depth, max(1, min(8, shape.count / (4 * (Int(greatest) + 1)))))
        let tables = concurrentMap(count: parts) { part in
            DistanceLevels.histogram(
                of: (shape.depth * part / parts)..<(shape.depth * (part + 1) / parts),
                pore, squaredDistances, greatest: greatest)
        }
        var distances: [UInt32] = []
        var counts: [Int] = []
        var levels = [UInt32](repeating: 0, count: Int(greatest) + 1)
        for distance in levels.indices {
            let count = tables.reduce(0) { $0 + Int($1[distance]) }
            if count == 0 { continue }
            levels[distance] = UInt32(distances.count)
            distances.append(UInt32(distance))
            counts.append(count)
        }
        (self.squaredDistances, self.counts, self.levels) = (distances, counts, levels)
    }

    /// The number of levels.
    var count: Int { squaredDistances.count }

    /// Writes the level of every pore voxel of a row that begins at `first`, marked by `flags`, and `solid` elsewhere.
    func fill(
        _ words: inout MutableSpan<UInt32>, at first: Int, _ pore: Span<Bool>,
        _ distances: Span<UInt32>, flags: UInt32, solid: UInt32
    ) {
        guard !levels.isEmpty else {
            for x in 0..<pore.count {
                words[first + x] = pore[x] ? level(of: distances[x]) | flags : solid
            }
            return
        }
        let levels = levels.span
        for x in 0..<pore.count {
            words[first + x] = pore[x] ? levels[Int(distances[x])] | flags : solid
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

    private static func greatest(
        in z: Int, of pore: Mask, _ squaredDistances: Volume<UInt32>
    ) -> UInt32 {
        let slice = (z * pore.shape.sliceCount)..<((z + 1) * pore.shape.sliceCount)
        return pore.withVoxels { pore in
            squaredDistances.withVoxels { distances in
                let (pore, distances) = (pore.extracting(slice), distances.extracting(slice))
                var greatest: UInt32 = 0
                for place in 0..<pore.count {
                    greatest = max(greatest, pore[place] ? distances[place] : 0)
                }
                return greatest
            }
        }
    }

    private static func histogram(
        of slices: Range<Int>, _ pore: Mask, _ squaredDistances: Volume<UInt32>, greatest: UInt32
    ) -> [UInt32] {
        let sliceCount = pore.shape.sliceCount
        let range = (slices.lowerBound * sliceCount)..<(slices.upperBound * sliceCount)
        var table = [UInt32](repeating: 0, count: Int(greatest) + 1)
        pore.withVoxels { pore in
            squaredDistances.withVoxels { distances in
                let (pore, distances) = (pore.extracting(range), distances.extracting(range))
                var counts = table.mutableSpan
                for place in 0..<pore.count where pore[place] {
                    counts[Int(distances[place])] += 1
                }
            }
        }
        return table
    }

    private static func sorted(
        _ pore: Mask, _ squaredDistances: Volume<UInt32>
    ) -> ([UInt32], [Int]) {
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
