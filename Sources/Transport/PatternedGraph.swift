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
