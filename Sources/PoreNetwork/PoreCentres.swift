public import Volumes

/// The voxels from which the pores of a mask are flooded, one for each pore.
///
/// Every local maximum of the distance to solid claims the voxels around it, from the widest place of
/// the pore space down. Where two claims first meet, the lesser maximum is given up if it stands out
/// from that meeting place by less than `prominence` voxels (the h-maxima rule), or if it lies inside
/// the largest ball around the greater one, which is pore throughout (the rule of SNOW, Gostick 2017,
/// doi:10.1103/PhysRevE.96.023307, as 6-connected claims see it). The greatest maximum of a connected
/// part is never given up, so every part keeps a centre.
///
/// - Parameters:
///   - pore: The pore space.
///   - squaredDistances: The squared distance to solid, positive in `pore`.
///   - prominence: In voxels, not negative.
/// - Returns: Places in storage order, ascending.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; four bytes a voxel, four a
///   pore voxel, and eight for each local maximum.
public func poreCentres(
    of pore: Mask, squaredDistances: Volume<UInt32>, prominence: Double
) -> [UInt32] {
    let levels = DistanceLevels(of: pore, squaredDistances: squaredDistances)
    var words = FloodWords(of: pore, squaredDistances: squaredDistances, levels: levels)
    let order = DescendingPlaces(of: words, counts: levels.counts)
    return poreCentres(&words, levels, order, prominence: prominence)
}

/// The centres of a pore space whose words are unsettled; they are settled by it.
func poreCentres(
    _ words: inout FloodWords, _ levels: DistanceLevels, _ order: DescendingPlaces,
    prominence: Double
) -> [UInt32] {
    let neighbours = words.neighbours
    var claims = Claims(neighbours, prominence: prominence)
    let (sliceCount, width) = (words.volume.shape.sliceCount, words.volume.shape.width)
    let isImage = words.volume.shape.isImage
    words.volume.withMutableVoxels { words in
        for level in 0..<levels.count {
            let squaredDistance = levels.squaredDistances[levels.count - 1 - level]
            claims.begin(level: squaredDistance)
            for index in order.range(ofLevelFromTop: level) {
                let place = order.places[index]
                let word = words[Int(place)]
                // Most voxels have one claim, or none, beside them.
                var beside = ClaimsBeside()
                if word & FloodWords.atBorder != 0 {
                    let around = neighbours.around(Int(place))
                    for face in 0..<6 where around[face] >= 0 { beside.look(words[around[face]]) }
                } else {
                    if !isImage { beside.look(words[Int(place) - sliceCount]) }
                    beside.look(words[Int(place) - width])
                    beside.look(words[Int(place) - 1])
                    beside.look(words[Int(place) + 1])
                    beside.look(words[Int(place) + width])
                    if !isImage { beside.look(words[Int(place) + sliceCount]) }
                }
                var claim = beside.claim
                if beside.areSeveral {
                    let around = neighbours.around(Int(place))
                    claims.beginMeeting()
                    for face in 0..<6 where around[face] >= 0 {
                        let other = words[around[face]]
                        if other >= FloodWords.settled {
                            claims.meet(other & FloodWords.number)
                        }
                    }
                    claim = claims.settleMeeting()
                } else if claim == 0 {
                    claim = claims.add(place)
                }
                words[Int(place)] =
                    claim | FloodWords.settled | (word & FloodWords.atBorder)
            }
        }
    }
    return claims.centres()
}

/// The claim beside a voxel, if there is one.
private struct ClaimsBeside {
    private(set) var claim: UInt32 = 0
    private(set) var areSeveral = false

    /// Takes account of the word of a neighbour; solid and what is not settled claim nothing.
    @inline(__always)
    mutating func look(_ word: UInt32) {
        if word <= FloodWords.settled { return }
        let number = word & FloodWords.number
        if number == 0 || number == claim { return }
        areSeveral = areSeveral || claim != 0
        claim = number
    }
}

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

/// The maxima that claim voxels, numbered from 1, and which of them have been given up to others.
private struct Claims {
    private let neighbours: FaceNeighbours
    private let prominence: Double
    private var maxima = [Maximum(place: .max, squaredDistance: 0)]
    private var parents: [UInt32] = [0]
    private var level: UInt32 = 0
    /// The claims around the voxel in hand.
    private var meeting: [UInt32] = []

    init(_ neighbours: FaceNeighbours, prominence: Double) {
        self.neighbours = neighbours
        self.prominence = prominence
    }

    /// The maxima that were never given up.
    func centres() -> [UInt32] {
        maxima.indices.dropFirst().filter { parents[$0] == UInt32($0) }.map { maxima[$0].place }
            .sorted()
    }

    mutating func begin(level squaredDistance: UInt32) { level = squaredDistance }

    /// A voxel that no claim touches is a maximum.
    mutating func add(_ place: UInt32) -> UInt32 {
        let number = UInt32(maxima.count)
        precondition(number < FloodWords.number, "maxima are numbered in 30 bits")
        maxima.append(Maximum(place: place, squaredDistance: level))
        parents.append(number)
        return number
    }

    mutating func beginMeeting() { meeting.removeAll(keepingCapacity: true) }

    mutating func meet(_ claim: UInt32) {
        if claim == 0 { return }
        let root = root(of: claim)
        if !meeting.contains(root) { meeting.append(root) }
    }

    /// Gives up the lesser maxima that have to be, and returns the greatest.
    mutating func settleMeeting() -> UInt32 {
        if meeting.count > 1 {
            meeting.sort { maxima[Int($0)] < maxima[Int($1)] }
            for lesser in 1..<meeting.count {
                for greater in 0..<lesser
                where parents[Int(meeting[greater])] == meeting[greater]
                    && yields(maxima[Int(meeting[lesser])], to: maxima[Int(meeting[greater])])
                {
                    parents[Int(meeting[lesser])] = meeting[greater]
                    break
                }
            }
        }
        return meeting[0]
    }

    private mutating func root(of claim: UInt32) -> UInt32 {
        var claim = claim
        while true {
            let parent = parents[Int(claim)]
            if parent == claim { return claim }
            let grandparent = parents[Int(parent)]
            parents[Int(claim)] = grandparent
            claim = grandparent
        }
    }

    private func yields(_ lesser: Maximum, to greater: Maximum) -> Bool {
        let height = Double(lesser.squaredDistance).squareRoot()
        if height - Double(level).squareRoot() < prominence { return true }
        let apart =
            neighbours.position(of: Int(lesser.place))
            &- neighbours.position(of: Int(greater.place))
        return (apart &* apart).wrappedSum() < Int(greater.squaredDistance)
    }
}

/// A maximum of the distance to solid.
private struct Maximum: Comparable {
    let place: UInt32
    let squaredDistance: UInt32

    /// The greater distance first, then storage order.
    static func < (a: Maximum, b: Maximum) -> Bool {
        a.squaredDistance == b.squaredDistance
            ? a.place < b.place : a.squaredDistance > b.squaredDistance
    }
}
