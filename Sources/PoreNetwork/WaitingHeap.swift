/// The binary heap in which `skimage.segmentation.watershed` keeps voxels in wait: the greatest level
/// first, the oldest among equals. Markers have no age, so which of them goes first follows from how
/// the heap was built; that is why it is followed step by step.
struct WaitingHeap {
    /// The keys of what is in wait: levels from the greatest above 33 bits, one bit for all but markers, and the
    /// number of the push.
    private var keys: [UInt64] = []
    /// The places by the numbers of their pushes.
    private var places: [UInt32] = []

    private static var isAged: UInt64 { 1 << 32 }

    /// Adds a voxel; a marker, or one younger than all before.
    @inline(__always)
    mutating func push(_ place: UInt32, levelFromTop: Int, isMarker: Bool) {
        let key =
            UInt64(levelFromTop) << 33 | (isMarker ? 0 : WaitingHeap.isAged) | UInt64(places.count)
        places.append(place)
        keys.append(key)
        var keys = keys.mutableSpan
        var child = keys.count - 1
        // The new one waits in hand while those above it move down.
        while child > 0 {
            let parent = (child + 1) / 2 - 1
            if key.order >= keys[parent].order { break }
            keys[child] = keys[parent]
            child = parent
        }
        keys[child] = key
    }

    /// The first in the order; the heap is not empty.
    mutating func pop() -> (place: UInt32, levelFromTop: Int, isMarker: Bool) {
        guard let last = keys.popLast() else {
            preconditionFailure("a heap that is popped is not empty")
        }
        var first = last
        var keys = keys.mutableSpan
        if keys.count > 0 {
            first = keys[0]
            // The lesser ones below move up all the way, as the last mostly belongs at the bottom...
            var hole = 0
            while 4 * hole + 6 < keys.count {
                // Two levels at a time: all six are on their way from memory at once.
                let (left, below) = (2 * hole + 1, 4 * hole + 3)
                let side = keys[left + 1].order < keys[left].order ? 1 : 0
                let ofLeft = keys[below + 1].order < keys[below].order ? 1 : 0
                let ofRight = keys[below + 3].order < keys[below + 2].order ? 3 : 2
                let next = below + (side == 1 ? ofRight : ofLeft)
                keys[hole] = keys[left + side]
                keys[left + side] = keys[next]
                hole = next
            }
            while 2 * hole + 1 < keys.count {
                let left = 2 * hole + 1
                let isRight =
                    left + 1 < keys.count && keys[left + 1].order < keys[left].order
                keys[hole] = keys[isRight ? left + 1 : left]
                hole = isRight ? left + 1 : left
            }
            // ...and down again where it does not.
            while hole > 0 {
                let parent = (hole + 1) / 2 - 1
                if keys[parent].order < last.order { break }
                keys[hole] = keys[parent]
                hole = parent
            }
            keys[hole] = last
        }
        return (
            place(of: first), Int(first >> 33), first & WaitingHeap.isAged == 0
        )
    }

    /// Calls `body` with the next places, of which some may have to wait for others yet to come.
    @inline(__always)
    func forEachSoon(_ body: (UInt32) -> Void) {
        for index in 0..<min(3, keys.count) { body(place(of: keys[index])) }
    }

    /// All that is in wait and of which `isWanted` is true, in order; no marker is among them.
    func inOrder(_ isWanted: (UInt32) -> Bool) -> [(place: UInt32, levelFromTop: Int)] {
        keys.filter { isWanted(place(of: $0)) }.sorted()
            .map { (place(of: $0), Int($0 >> 33)) }
    }

    private func place(of key: UInt64) -> UInt32 { places[Int(UInt32(truncatingIfNeeded: key))] }
}

extension UInt64 {
    /// What a key of the heap is compared by: markers of one level are equal.
    @inline(__always)
    fileprivate var order: UInt64 {
        // All bits of what has an age, the level alone of a marker.
        let aged = 0 &- (self >> 32 & 1)
        return self & (aged | ~0xFFFF_FFFF)
    }
}
