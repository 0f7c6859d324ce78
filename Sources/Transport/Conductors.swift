/// A network of conductors as multigrid sees it: nodes, links between them, and links to ground, in
/// single precision.
///
/// Nodes stand in the order of their colours, and no link joins two of a colour. How links and
/// conductances are kept is the network's own affair.
protocol Conductors: Sendable {
    /// How many nodes there are.
    var count: Int { get }
    /// The nodes of each colour.
    var colours: [Range<Int>] { get }

    /// Gives every node of a colour the potential at which no current is left over from `sources`.
    func relax(colour: Int, _ potentials: inout [Float], sources: [Float])

    /// What node `i`'s links and its link to ground conduct together; 1 where there is neither.
    func diagonal(_ i: Int) -> Float

    /// The current left over at node `i`.
    func residual(_ i: Int, _ potentials: Span<Float>, _ sources: Span<Float>) -> Float

    /// The conductance of node `i` to ground.
    func ground(_ i: Int) -> Double

    /// Calls `body` with the other end and the conductance of every link of node `i`.
    func forEachLink(_ i: Int, _ body: (_ other: UInt32, _ conductance: Double) -> Void)
}

/// A network of conductors whose equations can be solved, in double precision.
protocol SolvableConductors: Conductors {
    /// What flows out of node `i`.
    func current<Value: Real>(_ i: Int, _ potentials: Span<Value>) -> Double
}

extension Conductors {
    /// Relaxes every colour in turn, from potentials of zero.
    func relaxFromZero(_ potentials: inout [Float], sources: [Float]) {
        for colour in colours.indices {
            if colour == 0 {
                // Nothing comes in from the other colours yet.
                potentials.updateRows(colours[0]) { rows, _, block in
                    let b = sources.span
                    for i in rows { block[i - rows.lowerBound] = b[i] / diagonal(i) }
                }
                potentials.updateRows(colours[0].upperBound..<count) { _, _, block in
                    for i in 0..<block.count { block[i] = 0 }
                }
            } else {
                relax(colour: colour, &potentials, sources: sources)
            }
        }
    }
}

extension SolvableConductors {
    /// What flows out of every node.
    func currents<Value: Real>(_ potentials: [Value], into currents: inout [Value]) {
        currents.updateRows(0..<count) { rows, _, block in
            let potentials = potentials.span
            for i in rows {
                block[i - rows.lowerBound] = Value(narrowing: current(i, potentials))
            }
        }
    }
}
