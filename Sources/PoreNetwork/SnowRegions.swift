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
/// - Complexity: Linear in voxels but for the heap that markers pass through; seven bytes a voxel.
public func snowRegions(
    of pore: Mask, settings: SnowSettings = SnowSettings()
) -> (volume: Volume<UInt32>, count: Int) {
    precondition(pore.shape.count < 1 << 31, "a flood counts its steps in 32 bits")
    var distances = squaredDistanceTransform(of: pore)
    if distances[0, 0, 0] == .max { return connectedParts(of: pore) }
    let markers = SnowPeaks.markers(distances, settings: settings)
    let levels = DistanceLevels(of: pore, squaredDistances: distances, solidIsLowest: true)
    var words = FloodWords(
        of: pore, replacing: &distances, levels: levels, solid: FloodWords.closed)
    openCrossings(in: &words, of: pore, from: markers)
    flood(
        &words, levelCount: levels.count, from: markers, until: levels.counts.reduce(0, +))
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
    return (words.volume, markers.reduce(0) { max($0, Int($1.label)) })
}

/// Floods words from markers until `poreCount` voxels above level 0 are settled, in the order of
/// scikit-image before 0.25, with which alone PoreSpy 2.4 runs: a voxel counts at its own level even
/// where it is reached from a lower one, and so floods at once.
private func flood(
    _ words: inout FloodWords, levelCount: Int, from markers: [Marker], until poreCount: Int
) {
    precondition(
        max(markers.count, levelCount) < FloodWords.closed,
        "regions and levels are numbered in 29 bits")
    let neighbours = words.neighbours
    let shape = words.volume.shape
    let (sliceCount, width, isImage) = (shape.sliceCount, shape.width, shape.isImage)
    words.volume.withMutableVoxels { words in
        let coming = ComingWords(&words, in: shape)
        var start = SnowStart(top: levelCount - 1, remaining: poreCount)
        for marker in markers { start.add(marker, &words) }
        var waitingMarkers = markers.count
        while waitingMarkers > 0 {
            let first = start.heap.pop()
            if first.isMarker { waitingMarkers -= 1 }
            start.heap.forEachSoon { coming.fetch(around: Int($0)) }
            let place = Int(first.place)
            let word = words[place]
            if word & FloodWords.atBorder != 0 {
                let around = neighbours.around(place)
                for face in 0..<6 where around[face] >= 0 {
                    start.reach(around[face], &words, from: word)
                }
            } else {
                if !isImage { start.reach(place - sliceCount, &words, from: word) }
                start.reach(place - width, &words, from: word)
                start.reach(place - 1, &words, from: word)
                start.reach(place + 1, &words, from: word)
                start.reach(place + width, &words, from: word)
                if !isImage { start.reach(place + sliceCount, &words, from: word) }
            }
        }
        // No two of the others are of one age, so that queues serve as well from here on.
        var front = SnowFront(start, levelCount: levelCount, words)
        while front.remaining > 0, front.level >= 0 {
            guard let place = front.queue.next(at: front.level) else {
                front.level -= 1
                continue
            }
            coming.fetch(around: front.queue.later(at: front.level))
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

/// The voxels in wait of a flood as long as there are markers among them.
private struct SnowStart {
    var heap = WaitingHeap()
    let top: Int
    /// Voxels above level 0 still to be settled.
    var remaining: Int

    init(top: Int, remaining: Int) { (self.top, self.remaining) = (top, remaining) }

    mutating func add(_ marker: Marker, _ words: inout MutableSpan<UInt32>) {
        let word = words[Int(marker.place)]
        let level = Int(word & (FloodWords.closed - 1))
        heap.push(marker.place, levelFromTop: top - level, isMarker: true)
        words[Int(marker.place)] =
            marker.label | FloodWords.settled | (word & FloodWords.atBorder)
        remaining -= 1
    }

    @inline(__always)
    mutating func reach(_ place: Int, _ words: inout MutableSpan<UInt32>, from word: UInt32) {
        // Closed solid too, as the order of markers hangs on all that is in the heap.
        guard let own = words.settle(place, as: word, unless: FloodWords.settled) else { return }
        if own > 0 { remaining -= 1 }
        heap.push(UInt32(place), levelFromTop: top - own, isMarker: false)
    }
}

/// The voxels in wait of a flood that may rise again.
private struct SnowFront {
    var queue: LevelQueue
    /// The level in hand.
    var level: Int
    /// Voxels above level 0 still to be settled.
    var remaining: Int

    /// Goes on after a start, without the closed solid.
    init(_ start: SnowStart, levelCount: Int, _ words: borrowing MutableSpan<UInt32>) {
        queue = LevelQueue(levelCount: levelCount)
        level = levelCount - 1
        remaining = start.remaining
        for next in start.heap.inOrder({ words[Int($0)] & FloodWords.closed == 0 }) {
            queue.append(next.place, at: start.top - next.levelFromTop)
        }
    }

    @inline(__always)
    mutating func reach(_ place: Int, _ words: inout MutableSpan<UInt32>, from word: UInt32) {
        guard
            let own = words.settle(
                place, as: word, unless: FloodWords.settled | FloodWords.closed)
        else { return }
        if own > 0 { remaining -= 1 }
        queue.append(UInt32(place), at: own)
        level = max(level, own)
    }
}

extension MutableSpan<UInt32> {
    /// Gives the word at `place` the label of a settled one and returns the level it had; `nil` if it
    /// has one of the bits of `barriers`.
    @inline(__always)
    fileprivate mutating func settle(
        _ place: Int, as other: UInt32, unless barriers: UInt32
    ) -> Int? {
        let word = self[place]
        if word & barriers != 0 { return nil }
        let flags = FloodWords.atBorder | FloodWords.closed
        self[place] = (other & ~flags) | (word & flags)
        return Int(word & (FloodWords.closed - 1))
    }
}
