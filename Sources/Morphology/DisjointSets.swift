/// Sets of numbers that can be joined; a set is known by its smallest member.
public struct DisjointSets: Sendable {
    private var parents: [UInt32]

    /// Every number below `count` in a set of its own.
    public init(count: Int) {
        parents = (0..<UInt32(count)).map { $0 }
    }

    /// The smallest member of the set that holds `member`.
    public mutating func root(of member: UInt32) -> UInt32 {
        var member = member
        while true {
            let parent = parents[Int(member)]
            if parent == member { return member }
            // Halving the path keeps later searches short.
            let grandparent = parents[Int(parent)]
            parents[Int(member)] = grandparent
            member = grandparent
        }
    }

    /// Makes one set of two.
    public mutating func join(_ left: UInt32, _ right: UInt32) {
        let a = root(of: left)
        let b = root(of: right)
        if a < b {
            parents[Int(b)] = a
        } else {
            parents[Int(a)] = b
        }
    }
}
