/// Sets of numbers that can be joined; a set is known by its smallest member.
public struct DisjointSets: Sendable {
    /// A member of the same set that is no larger; a set's smallest member has itself.
    private var parents: [UInt32]

    /// Every number below `count` in a set of its own.
    public init(count: Int) {
        parents = Array(0..<UInt32(count))
    }

    /// The smallest member of the set that holds `member`.
    public mutating func root(of member: UInt32) -> UInt32 {
        var parents = parents.mutableSpan
        return DisjointSets.root(of: member, in: &parents)
    }

    /// Makes one set of two.
    public mutating func join(_ left: UInt32, _ right: UInt32) {
        if left == right { return }
        var parents = parents.mutableSpan
        let a = DisjointSets.root(of: left, in: &parents)
        let b = DisjointSets.root(of: right, in: &parents)
        parents[Int(max(a, b))] = min(a, b)
    }

    @inline(__always)
    private static func root(of member: UInt32, in parents: inout MutableSpan<UInt32>) -> UInt32 {
        var member = member
        while true {
            let parent = parents[Int(member)]
            if parent == member { return member }
            // Halving the path keeps later searches short.
            let grandparent = parents[Int(parent)]
            if grandparent == parent { return parent }
            parents[Int(member)] = grandparent
            member = grandparent
        }
    }

    /// Adds the sets of `other`, whose numbers go on after these.
    mutating func append(_ other: DisjointSets) {
        let before = UInt32(parents.count)
        parents.reserveCapacity(parents.count + other.parents.count)
        for parent in other.parents { parents.append(before + parent) }
    }

    /// The set of every number, the sets numbered from 0 in the order of their smallest members.
    consuming func numbered() -> (sets: [UInt32], count: Int) {
        var count: UInt32 = 0
        var sets = parents.mutableSpan
        for member in 0..<sets.count {
            let parent = Int(sets[member])
            // A parent is smaller, so its place holds its set's number by now.
            if parent == member {
                sets[member] = count
                count += 1
            } else {
                sets[member] = sets[parent]
            }
        }
        return (parents, Int(count))
    }
}
