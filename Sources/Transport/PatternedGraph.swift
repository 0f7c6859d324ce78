/// A network of conductors most of whose nodes look like others: each has at most six links, and one
/// of a few patterns of conductances for them.
///
/// Friction on a regular grid is such a network: a velocity deep in the pores conducts as all of
/// those do, and walls come in some hundred shapes. 26 bytes a node, where a ``ConductanceGraph``
/// of as many links takes 64.
struct PatternedGraph: SolvableConductors {
    /// No further link.
    static let none = UInt32.max
    /// Conductances of a pattern: of six links, to ground, and of all together.
    static let stride = 8

    let colours: [Range<Int>]
    /// The other ends of every node's links: six, those there are coming first.
    let links: [UInt32]
    /// The pattern of every node.
    let patterns: [UInt16]
    /// Eight a pattern.
    let conductances: [Float]

    var count: Int { patterns.count }

    @inline(__always)
    private func conductance(_ i: Int, _ slot: Int) -> Float {
        conductances.span[Int(patterns.span[i]) * PatternedGraph.stride + slot]
    }

    @inline(__always)
    func diagonal(_ i: Int) -> Float { conductance(i, 7) }

    func ground(_ i: Int) -> Double { Double(conductance(i, 6)) }

    func forEachLink(_ i: Int, _ body: (UInt32, Double) -> Void) {
        for slot in 0..<6 {
            let other = links[i * 6 + slot]
            if other == PatternedGraph.none { return }
            body(other, Double(conductance(i, slot)))
        }
    }

    @inline(__always)
    func current<Value: Real>(_ i: Int, _ potentials: Span<Value>) -> Double {
        let links = links.span.extracting((i * 6)..<(i * 6 + 6))
        let start = Int(patterns.span[i]) * PatternedGraph.stride
        let own = conductances.span.extracting(start..<(start + PatternedGraph.stride))
        let potential = potentials[i].wide
        // By differences, or the rounding of the diagonal would be a link to ground.
        var sum = Double(own[6]) * potential
        for slot in 0..<6 {
            let other = links[slot]
            if other == PatternedGraph.none { break }
            sum += Double(own[slot]) * (potential - potentials[Int(other)].wide)
        }
        return sum
    }

    func relax(colour: Int, _ potentials: inout [Float], sources: [Float]) {
        potentials.updateRows(colours[colour]) { rows, x, block in
            let (links, patterns) = (links.span, patterns.span)
            let (conductances, b) = (conductances.span, sources.span)
            for i in rows {
                let links = links.extracting((i * 6)..<(i * 6 + 6))
                let start = Int(patterns[i]) * PatternedGraph.stride
                let own = conductances.extracting(start..<(start + PatternedGraph.stride))
                var sum = b[i]
                for slot in 0..<6 {
                    let other = links[slot]
                    if other == PatternedGraph.none { break }
                    sum += own[slot] * x[Int(other)]
                }
                block[i - rows.lowerBound] = sum / own[7]
            }
        }
    }

    @inline(__always)
    func residual(_ i: Int, _ potentials: Span<Float>, _ sources: Span<Float>) -> Float {
        let links = links.span.extracting((i * 6)..<(i * 6 + 6))
        let start = Int(patterns.span[i]) * PatternedGraph.stride
        let own = conductances.span.extracting(start..<(start + PatternedGraph.stride))
        var sum = sources[i] - own[7] * potentials[i]
        for slot in 0..<6 {
            let other = links[slot]
            if other == PatternedGraph.none { break }
            sum += own[slot] * potentials[Int(other)]
        }
        return sum
    }

    /// The same network, holding the links of another that has the same ones.
    func sharingLinks(of other: PatternedGraph) -> PatternedGraph {
        precondition(links == other.links, "two networks of the same links")
        return PatternedGraph(
            colours: colours, links: other.links, patterns: patterns, conductances: conductances)
    }
}

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
