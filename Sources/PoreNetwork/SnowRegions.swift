import Morphology
public import Volumes

/// The regions that `porespy.filters.snow_partitioning` (PoreSpy 2.4) makes of a pore space, to compare
/// with what was published with it; see ``pores(of:within:prominence:)`` for better ones.
///
/// The flood goes through solid, as PoreSpy's does: a pore without a peak of its own takes the label of
/// one behind a wall. Regions carry PoreSpy's numbers, those of their peaks in storage order. They are
/// PoreSpy's own voxel by voxel, but where two peaks are equally near to a third, which PoreSpy leaves
/// to its search tree. Of an image come the regions PoreSpy makes of a two-dimensional array.
///
/// - Parameters:
///   - pore: The pore space, of fewer than 2^31 voxels.
///   - settings: PoreSpy's defaults unless given.
/// - Returns: Labels 1...count, 0 in solid. In a mask without a peak (PoreSpy stops with an error) all
///   are 0; in one without solid the connected parts are the regions.
/// - Complexity: Linear in voxels but for the heap that markers pass through; twelve bytes a voxel.
public func snowRegions(
    of pore: Mask, settings: SnowSettings = SnowSettings()
) -> (volume: Volume<UInt32>, count: Int) {
    precondition(pore.shape.count < 1 << 31, "a flood counts its steps in 32 bits")
    let distances = squaredDistanceTransform(of: pore)
    if distances[0, 0, 0] == .max { return connectedParts(of: pore) }
    let peaks = SnowPeaks(distances, settings: settings).groups()
    let everywhere = Mask(shape: pore.shape, voxelSize: pore.voxelSize, repeating: true)
    let levels = DistanceLevels(of: everywhere, squaredDistances: distances)
    var words = FloodWords(of: everywhere, squaredDistances: distances, levels: levels)
    // Solid is level 0.
    flood(
        &words, levelCount: levels.count, from: peaks,
        until: pore.shape.count - levels.counts[0])
    words.volume.forEachSliceConcurrently { z, slice in
        pore.withVoxels { pore in
            let pore = pore.extracting((z * slice.count)..<((z + 1) * slice.count))
            for place in 0..<slice.count {
                let word = slice[place]
                let isLabel = pore[place] && word >= FloodWords.settled
                slice[place] = isLabel ? word & FloodWords.number : 0
            }
        }
    }
    return (words.volume, peaks.count)
}

/// Floods words from groups of voxels until `poreCount` voxels above level 0 are settled, in the order
/// of scikit-image before 0.25, with which alone PoreSpy 2.4 runs: a voxel counts at its own level even
/// where it is reached from a lower one, and so floods at once.
private func flood(
    _ words: inout FloodWords, levelCount: Int, from groups: [[UInt32]], until poreCount: Int
) {
    precondition(groups.count < FloodWords.number, "regions are numbered in 30 bits")
    let (neighbours, markers) = (words.neighbours, markers(of: groups))
    let (sliceCount, width) = (words.volume.shape.sliceCount, words.volume.shape.width)
    let isImage = words.volume.shape.isImage
    words.volume.withMutableVoxels { words in
        let top = levelCount - 1
        var remaining = poreCount
        var heap = WaitingHeap()
        for marker in markers {
            let word = words[Int(marker.place)]
            let level = Int(word & FloodWords.number)
            heap.push(marker.place, levelFromTop: top - level, age: 0)
            words[Int(marker.place)] =
                marker.label | FloodWords.settled | (word & FloodWords.atBorder)
            remaining -= 1
        }
        var age: UInt32 = 0
        var waitingMarkers = markers.count
        while waitingMarkers > 0 {
            let first = heap.pop()
            if first.age == 0 { waitingMarkers -= 1 }
            let word = words[Int(first.place)]
            let around = neighbours.around(Int(first.place))
            for face in 0..<6 where around[face] >= 0 {
                guard let level = words.settle(around[face], as: word) else { continue }
                if level > 0 { remaining -= 1 }
                age += 1
                heap.push(UInt32(around[face]), levelFromTop: top - level, age: age)
            }
        }
        // No two of the others are of one age, so that queues serve as well from here on.
        var front = SnowFront(levelCount: levelCount, remaining: remaining)
        while !heap.isEmpty {
            let next = heap.pop()
            front.queue.append(next.place, at: top - next.levelFromTop)
        }
        while front.remaining > 0, front.level >= 0 {
            guard let place = front.queue.next(at: front.level) else {
                front.level -= 1
                continue
            }
            let word = words[place]
            if word & FloodWords.atBorder != 0 {
                let around = neighbours.around(place)
                for face in 0..<6 where around[face] >= 0 {
                    front.reach(around[face], &words, from: word)
                }
            } else {
                if !isImage { front.reach(place - sliceCount, &words, from: word) }
                front.reach(place - width, &words, from: word)
                front.reach(place - 1, &words, from: word)
                front.reach(place + 1, &words, from: word)
                front.reach(place + width, &words, from: word)
                if !isImage { front.reach(place + sliceCount, &words, from: word) }
            }
        }
    }
}

/// The voxels in wait of a flood that may rise again.
private struct SnowFront {
    var queue: LevelQueue
    /// The level in hand.
    var level: Int
    /// Voxels above level 0 still to be settled.
    var remaining: Int

    init(levelCount: Int, remaining: Int) {
        queue = LevelQueue(levelCount: levelCount)
        level = levelCount - 1
        self.remaining = remaining
    }

    @inline(__always)
    mutating func reach(_ place: Int, _ words: inout MutableSpan<UInt32>, from word: UInt32) {
        guard let own = words.settle(place, as: word) else { return }
        if own > 0 { remaining -= 1 }
        queue.append(UInt32(place), at: own)
        level = max(level, own)
    }
}
