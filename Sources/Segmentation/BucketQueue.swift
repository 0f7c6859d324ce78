/// A queue of places by level, first come first served within a level.
///
/// Levels are served from the lowest up, and nothing may be put below the level that is being
/// served; so a list for every level does, and no heap is needed. Entries that were served make
/// room for others.
struct BucketQueue {
    private static var none: UInt32 { .max }

    private var first: [UInt32]
    private var last: [UInt32]
    private var entries: [Entry] = []
    private var free = BucketQueue.none
    private var level = 0

    private struct Entry {
        var place: UInt32
        var next: UInt32
    }

    /// An empty queue of `levels` levels.
    init(levels: Int) {
        first = Array(repeating: BucketQueue.none, count: levels)
        last = Array(repeating: BucketQueue.none, count: levels)
    }

    /// Puts a place at a level, or at the one that is being served if that is higher.
    @inline(__always)
    mutating func push(_ place: UInt32, level wanted: Int) {
        let level = max(wanted, level)
        let entry: UInt32
        if free == Self.none {
            entry = UInt32(entries.count)
            entries.append(Entry(place: place, next: Self.none))
        } else {
            entry = free
            free = entries[Int(entry)].next
            entries[Int(entry)] = Entry(place: place, next: Self.none)
        }
        if first[level] == Self.none {
            first[level] = entry
        } else {
            entries[Int(last[level])].next = entry
        }
        last[level] = entry
    }

    /// Takes the place that is next; `nil` from an empty queue.
    @inline(__always)
    mutating func pop() -> UInt32? {
        while level < first.count {
            let entry = first[level]
            if entry != Self.none {
                let place = entries[Int(entry)].place
                first[level] = entries[Int(entry)].next
                entries[Int(entry)].next = free
                free = entry
                return place
            }
            level += 1
        }
        return nil
    }
}
