import Volumes

/// The maxima that claim voxels, numbered from 1, and which of them have been given up to others.
struct Claims {
    private let shape: Shape
    private let prominence: Double
    private var maxima = [Maximum(place: .max, squaredDistance: 0)]
    private var parents: [UInt32] = [0]
    private var level: UInt32 = 0
    /// The claims around the voxel in hand.
    private var meeting: [UInt32] = []

    init(in shape: Shape, prominence: Double) {
        self.shape = shape
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
            shape.position(of: lesser.place) &- shape.position(of: greater.place)
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

/// The claim beside a voxel, if there is one.
struct ClaimsBeside {
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
