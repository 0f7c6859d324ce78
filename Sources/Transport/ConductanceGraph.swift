/// A network of conductors: nodes, links between them, and links to ground; the symmetric matrix of
/// the currents that leave the nodes for given potentials.
///
/// Nodes stand in the order of their colours, and no link joins two of a colour. Eight bytes a node
/// and four an end of a link; with weights, twelve and eight.
struct ConductanceGraph: Sendable {
    /// The nodes of each colour.
    let colours: [Range<Int>]
    /// The first link of every node, and the number of links.
    let starts: [UInt32]
    /// The other end of every link.
    let neighbours: [UInt32]
    /// The conductance of every link; none where all are 1.
    let weights: [Float]
    /// The conductance to ground of every node; none where all weights are 1, as the diagonal then
    /// tells it exactly.
    let grounds: [Float]
    /// What a node's links and its link to ground conduct together; 1 where there is neither.
    let diagonal: [Float]

    var count: Int { diagonal.count }

    /// What flows out of every node at the given potentials, in double precision.
    func currents(_ potentials: [Double], into currents: inout [Double], rows: Range<Int>? = nil) {
        let rows = rows ?? 0..<count
        currents.updateRows(rows) { rows, _, block in
            let (starts, neighbours, x) = (starts.span, neighbours.span, potentials.span)
            let (diagonal, weights, grounds) = (diagonal.span, weights.span, grounds.span)
            for i in rows {
                let links = Int(starts[i])..<Int(starts[i + 1])
                if weights.isEmpty {
                    var sum = Double(diagonal[i]) * x[i]
                    for link in links { sum -= x[Int(neighbours[link])] }
                    block[i - rows.lowerBound] = sum
                } else {
                    // By differences, or the rounding of the diagonal would be a link to ground.
                    let own = x[i]
                    var sum = Double(grounds[i]) * own
                    for link in links {
                        sum += Double(weights[link]) * (own - x[Int(neighbours[link])])
                    }
                    block[i - rows.lowerBound] = sum
                }
            }
        }
    }

    /// The conductance of node `i` to ground.
    func ground(_ i: Int) -> Double {
        weights.isEmpty
            ? Double(diagonal[i]) - Double(starts[i + 1] - starts[i]) : Double(grounds[i])
    }

    /// Gives every node of a colour the potential at which no current is left over from `sources`.
    func relax(colour: Int, _ potentials: inout [Float], sources: [Float]) {
        potentials.updateRows(colours[colour]) { rows, x, block in
            let (starts, neighbours) = (starts.span, neighbours.span)
            let (diagonal, weights, b) = (diagonal.span, weights.span, sources.span)
            for i in rows {
                let links = Int(starts[i])..<Int(starts[i + 1])
                var sum = b[i]
                if weights.isEmpty {
                    for link in links { sum += x[Int(neighbours[link])] }
                } else {
                    for link in links { sum += weights[link] * x[Int(neighbours[link])] }
                }
                block[i - rows.lowerBound] = sum / diagonal[i]
            }
        }
    }

    /// The current left over at node `i`.
    @inline(__always)
    func residual(_ i: Int, _ potentials: Span<Float>, _ sources: Span<Float>) -> Float {
        let (starts, neighbours, weights) = (starts.span, neighbours.span, weights.span)
        var sum = sources[i] - diagonal.span[i] * potentials[i]
        let links = Int(starts[i])..<Int(starts[i + 1])
        if weights.isEmpty {
            for link in links { sum += potentials[Int(neighbours[link])] }
        } else {
            for link in links { sum += weights[link] * potentials[Int(neighbours[link])] }
        }
        return sum
    }

    /// The currents left over at all nodes.
    func residuals(_ potentials: [Float], _ sources: [Float]) -> [Float] {
        var residuals = [Float](repeating: 0, count: count)
        residuals.updateRows(0..<count) { rows, _, block in
            let (potentials, sources) = (potentials.span, sources.span)
            for i in rows { block[i - rows.lowerBound] = residual(i, potentials, sources) }
        }
        return residuals
    }
}
