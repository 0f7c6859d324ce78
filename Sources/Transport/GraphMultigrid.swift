/// An approximate inverse of a conductance graph: one W-cycle of multigrid in single precision,
/// with a sweep of Gauss-Seidel by colours before and the same backwards after, which makes it
/// symmetric and positive, as conjugate gradients ask of a preconditioner.
///
/// Every level has cells of twice the edge, cut where walls cut them. A V-cycle is half as dear and
/// takes two to three times the iterations, more with every level; with a W-cycle they stay at some
/// fifteen for any size.
struct GraphMultigrid: Sendable {
    private let fine: ConductanceGraph
    private let coarser: [GraphCoarsening]
    private var potentials: [[Float]]
    private var sources: [[Float]]

    /// Coarsens a graph whose nodes lie at `places` of `lattice` until one place is left.
    init(_ graph: ConductanceGraph, at places: [UInt32], on lattice: Lattice) {
        fine = graph
        var levels: [GraphCoarsening] = []
        var (graph, places, lattice) = (graph, places, lattice)
        while !lattice.isSinglePlace {
            let level = GraphCoarsening(graph, at: places, on: lattice)
            (graph, places, lattice) = (level.graph, level.places, lattice.coarser)
            levels.append(level)
        }
        coarser = levels
        potentials = [fine.count].map { .init(repeating: 0, count: $0) }
        potentials += levels.map { .init(repeating: 0, count: $0.graph.count) }
        sources = potentials
    }

    /// Puts the cycle's answer to `residual` into `correction`; both have `rows` of their own.
    mutating func solve(_ residual: [Double], into correction: inout [Double], from offset: Int = 0)
    {
        sources[0].updateRows(0..<fine.count) { rows, _, block in
            let residual = residual.span
            for i in rows { block[i - rows.lowerBound] = Float(residual[offset + i]) }
        }
        cycle(0)
        let potentials = potentials[0]
        correction.updateRows(offset..<(offset + fine.count)) { rows, _, block in
            let potentials = potentials.span
            for i in rows { block[i - rows.lowerBound] = Double(potentials[i - offset]) }
        }
    }

    private func graph(_ level: Int) -> ConductanceGraph {
        level == 0 ? fine : coarser[level - 1].graph
    }

    private mutating func cycle(_ level: Int) {
        let graph = graph(level)
        var x = potentials[level]
        potentials[level] = []
        x.updateRows(0..<x.count) { _, _, block in
            for i in 0..<block.count { block[i] = 0 }
        }
        let b = sources[level]
        for colour in graph.colours.indices { graph.relax(colour: colour, &x, sources: b) }
        if level < coarser.count {
            restrict(x, b, graph, to: level + 1)
            cycle(level + 1)
            // One place's equation is solved exactly at once.
            if level + 1 < coarser.count { cycleAgain(level + 1) }
            add(potentials[level + 1], coarser[level].parents, to: &x)
            for colour in graph.colours.indices.reversed() {
                graph.relax(colour: colour, &x, sources: b)
            }
        }
        potentials[level] = x
    }

    /// Adds the cycle's answer to what the potentials of a level leave over.
    private mutating func cycleAgain(_ level: Int) {
        let graph = graph(level)
        let (first, given) = (potentials[level], sources[level])
        sources[level] = graph.residuals(first, given)
        potentials[level] = Array(repeating: 0, count: first.count)
        cycle(level)
        potentials[level].updateRows(0..<first.count) { rows, _, block in
            let first = first.span
            for i in rows { block[i - rows.lowerBound] += first[i] }
        }
        sources[level] = given
    }

    /// The currents left over, summed over the children of every coarse node.
    private mutating func restrict(
        _ x: [Float], _ b: [Float], _ graph: ConductanceGraph, to level: Int
    ) {
        let coarsening = coarser[level - 1]
        // The colour relaxed last has none.
        let end = graph.colours[graph.colours.count - 1].lowerBound
        sources[level].updateRows(0..<coarsening.graph.count) { rows, _, block in
            let (childStarts, children) = (coarsening.childStarts.span, coarsening.children.span)
            let (x, b) = (x.span, b.span)
            for row in rows {
                var sum: Float = 0
                for place in Int(childStarts[row])..<Int(childStarts[row + 1]) {
                    let child = Int(children[place])
                    if child >= end { break }
                    sum += graph.residual(child, x, b)
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
