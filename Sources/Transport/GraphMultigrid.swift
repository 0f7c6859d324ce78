/// An approximate inverse of a conductance graph: one W-cycle of multigrid in single precision,
/// with a sweep of Gauss-Seidel by colours before and the same backwards after, which makes it
/// symmetric and positive, as conjugate gradients ask of a preconditioner.
///
/// Every level has cells of twice the edge, cut where walls cut them. A V-cycle is half as dear and
/// takes two to three times the iterations, more with every level; with a W-cycle they stay at some
/// fifteen for any size.
struct GraphMultigrid<Fine: Conductors>: Sendable {
    /// The network itself.
    let fine: Fine
    private let coarser: [GraphCoarsening]
    /// Of the coarser levels; those of the network itself are the caller's.
    private var potentials: [[Float]]
    private var sources: [[Float]]
    /// What a level leaves over, on its way to the next.
    private var residuals: [Float]

    /// Coarsens a graph whose nodes lie at `places` of `lattice` until one place is left.
    init(_ graph: Fine, at places: [UInt32], on lattice: Lattice) {
        fine = graph
        var levels: [GraphCoarsening] = []
        if !lattice.isSinglePlace {
            levels.append(GraphCoarsening(graph, at: places, on: lattice))
            var lattice = lattice.coarser
            while !lattice.isSinglePlace {
                let last = levels[levels.count - 1]
                levels.append(GraphCoarsening(last.graph, at: last.places, on: lattice))
                lattice = lattice.coarser
            }
        }
        coarser = levels
        potentials = levels.map { .init(repeating: 0, count: $0.graph.count) }
        sources = potentials
        let colours = [fine.colours] + levels.map(\.graph.colours)
        let most = colours.compactMap { $0.last?.lowerBound }.max()
        residuals = Array(repeating: 0, count: most ?? 0)
    }

    /// Puts the cycle's answer to `sources` into `potentials`.
    mutating func solve(_ sources: [Float], into potentials: inout [Float]) {
        fine.relaxFromZero(&potentials, sources: sources)
        cycle(fine, above: 0, sources, &potentials)
    }

    /// What follows the first sweep of one cycle on a graph, whose next coarser one is `level`.
    private mutating func cycle(
        _ graph: some Conductors, above level: Int, _ b: [Float], _ x: inout [Float]
    ) {
        if level < coarser.count {
            restrict(x, b, graph, to: level)
            cycle(level, isFirst: true)
            // One place's equation is solved exactly at once.
            if level + 1 < coarser.count { cycle(level, isFirst: false) }
            add(potentials[level], coarser[level].parents, to: &x)
            for colour in graph.colours.indices.reversed() {
                graph.relax(colour: colour, &x, sources: b)
            }
        }
    }

    /// A cycle on a coarser level, from zero or from where the first has ended.
    private mutating func cycle(_ level: Int, isFirst: Bool) {
        let (graph, b) = (coarser[level].graph, sources[level])
        var x = potentials[level]
        potentials[level] = []
        if isFirst {
            graph.relaxFromZero(&x, sources: b)
        } else {
            for colour in graph.colours.indices { graph.relax(colour: colour, &x, sources: b) }
        }
        cycle(graph, above: level + 1, b, &x)
        potentials[level] = x
    }

    /// The currents left over, summed over the children of every coarse node.
    private mutating func restrict(
        _ x: [Float], _ b: [Float], _ graph: some Conductors, to level: Int
    ) {
        // The colour relaxed last has none.
        let end = graph.colours[graph.colours.count - 1].lowerBound
        // In the order of the nodes first: their links are read once, and one after the other.
        residuals.updateRows(0..<end) { rows, _, block in
            let (x, b) = (x.span, b.span)
            for i in rows { block[i - rows.lowerBound] = graph.residual(i, x, b) }
        }
        let coarsening = coarser[level]
        sources[level].updateRows(0..<coarsening.graph.count) { [residuals] rows, _, block in
            let (childStarts, children) = (coarsening.childStarts.span, coarsening.children.span)
            let residuals = residuals.span
            for row in rows {
                var sum: Float = 0
                for place in Int(childStarts[row])..<Int(childStarts[row + 1]) {
                    let child = Int(children[place])
                    if child >= end { break }
                    sum += residuals[child]
                }
                block[row - rows.lowerBound] = sum
            }
        }
    }

    private func add(_ correction: [Float], _ parents: [UInt32], to x: inout [Float]) {
        x.updateRows(0..<x.count) { rows, _, block in
            let (correction, parents) = (correction.span, parents.span)
            for i in rows { block[i - rows.lowerBound] += correction[Int(parents[i])] }
        }
    }
}
