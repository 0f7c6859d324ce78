/// Builds a graph node by node, in their order.
struct PatternedGraphBuilder {
    private var links: [UInt32] = []
    private var patterns: [UInt16] = []
    private var conductances: [Float] = []
    private var known: [SIMD8<Float>: UInt16] = [:]
    private var last: (pattern: SIMD8<Float>, number: UInt16)?
    private var node = SIMD8<Double>.zero
    private var linkCount = 0

    /// A graph of `count` nodes.
    init(count: Int) {
        links.reserveCapacity(count * 6)
        patterns.reserveCapacity(count)
    }

    /// Links the node that is being built with another, beside links that may be there already.
    mutating func addLink(to other: UInt32, _ conductance: Double) {
        let first = links.count - linkCount
        for slot in 0..<linkCount where links[first + slot] == other {
            node[slot] += conductance
            return
        }
        precondition(linkCount < 6, "a velocity has six neighbours")
        links.append(other)
        node[linkCount] = conductance
        linkCount += 1
    }

    /// Links the node that is being built with ground.
    mutating func ground(_ conductance: Double) { node[6] += conductance }

    /// Ends the node and begins the next.
    mutating func endNode() {
        for _ in linkCount..<6 { links.append(PatternedGraph.none) }
        let all = node.sum()
        node[7] = all > 0 ? all : 1
        patterns.append(number(of: SIMD8<Float>(node)))
        node = .zero
        linkCount = 0
    }

    private mutating func number(of pattern: SIMD8<Float>) -> UInt16 {
        if let last, last.pattern == pattern { return last.number }
        let number: UInt16
        if let found = known[pattern] {
            number = found
        } else {
            // Each pair of opposite sides meets one of at most 25 surroundings, and each end of the
            // axis one of three: fewer than 6000 patterns.
            number = UInt16(known.count)
            known[pattern] = number
            for slot in 0..<PatternedGraph.stride { conductances.append(pattern[slot]) }
        }
        last = (pattern, number)
        return number
    }

    consuming func finish(colours: [Range<Int>]) -> PatternedGraph {
        PatternedGraph(
            colours: colours, links: links, patterns: patterns, conductances: conductances)
    }
}
