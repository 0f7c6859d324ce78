import Volumes

/// The pore voxels from the greatest distance to the least, in storage order among equals.
struct DescendingPlaces: Sendable {
    /// Places in storage order within each level.
    let places: [UInt32]
    private let starts: [Int]

    /// Sorts the unsettled voxels by counting; `counts` says how many there are of every level.
    init(of words: FloodWords, counts: [Int]) {
        var starts: [Int] = [0]
        for count in counts.reversed() { starts.append(starts[starts.count - 1] + count) }
        var places = [UInt32](repeating: 0, count: starts[starts.count - 1])
        var next = starts
        let top = counts.count - 1
        words.volume.withVoxels { words in
            var places = places.mutableSpan
            var next = next.mutableSpan
            for place in 0..<words.count {
                let word = words[place]
                if word >= FloodWords.settled { continue }
                let level = top - Int(word & FloodWords.number)
                places[next[level]] = UInt32(place)
                next[level] += 1
            }
        }
        (self.places, self.starts) = (places, starts)
    }

    /// Where the places of a level lie; level 0 is the greatest distance.
    func range(ofLevelFromTop level: Int) -> Range<Int> { starts[level]..<starts[level + 1] }
}
