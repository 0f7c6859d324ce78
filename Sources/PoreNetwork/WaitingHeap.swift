/// The binary heap in which `skimage.segmentation.watershed` keeps voxels in wait: the greatest level
/// first, the oldest among equals. Markers have one age, so which of them goes first follows from how
/// the heap was built; that is why it is followed step by step.
struct WaitingHeap {
    /// Levels from the greatest, and then ages, in one number.
    private var keys: [UInt64] = []
    private var places: [UInt32] = []

    var isEmpty: Bool { keys.isEmpty }

    mutating func push(_ place: UInt32, levelFromTop: Int, age: UInt32) {
        keys.append(UInt64(levelFromTop) << 32 | UInt64(age))
        places.append(place)
        var child = keys.count - 1
        while child > 0 {
            let parent = (child + 1) / 2 - 1
            if keys[child] >= keys[parent] { break }
            swap(child, parent)
            child = parent
        }
    }

    /// The first in the order, and its age; the heap is not empty.
    mutating func pop() -> (place: UInt32, levelFromTop: Int, age: UInt32) {
        swap(0, keys.count - 1)
        guard let key = keys.popLast(), let place = places.popLast() else {
            preconditionFailure("a heap that is popped is not empty")
        }
        var parent = 0
        while 2 * parent + 1 < keys.count {
            let (left, right) = (2 * parent + 1, 2 * parent + 2)
            var least = keys[left] < keys[parent] ? left : parent
            if right < keys.count && keys[right] < keys[least] { least = right }
            if least == parent { break }
            swap(parent, least)
            parent = least
        }
        return (place, Int(key >> 32), UInt32(truncatingIfNeeded: key))
    }

    private mutating func swap(_ a: Int, _ b: Int) {
        keys.swapAt(a, b)
        places.swapAt(a, b)
    }
}
