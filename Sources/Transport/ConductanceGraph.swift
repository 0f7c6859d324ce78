/// A network of conductors: nodes, links between them, and links to ground; the symmetric matrix of
/// the currents that leave the nodes for given potentials.
///
/// Nodes stand in the order of their colours, and no link joins two of a colour. Eight bytes a node
/// and four an end of a link; with weights, twelve and eight.
struct ConductanceGraph: SolvableConductors {
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

    @inline(__always)
    func diagonal(_ i: Int) -> Float { diagonal.span[i] }

    @inline(__always)
    func current<Value: Real>(_ i: Int, _ potentials: Span<Value>) -> Double {
        let (starts, neighbours) = (starts.span, neighbours.span)
        let links = Int(starts[i])..<Int(starts[i + 1])
        let own = potentials[i].wide
        if weights.isEmpty {
            var sum = Double(diagonal.span[i]) * own
            for link in links { sum -= potentials[Int(neighbours[link])].wide }
            return sum
        }
        // By differences, or the rounding of the diagonal would be a link to ground.
        let weights = weights.span
        var sum = Double(grounds.span[i]) * own
        for link in links {
            sum += Double(weights[link]) * (own - potentials[Int(neighbours[link])].wide)
        }
        return sum
    }

    func ground(_ i: Int) -> Double {
        weights.isEmpty
            ? Double(diagonal[i]) - Double(starts[i + 1] - starts[i]) : Double(grounds[i])
    }

    @inline(__always)
    func forEachLink(_ i: Int, _ body: (UInt32, Double) -> Void) {
        for link in Int(starts[i])..<Int(starts[i + 1]) {
            body(neighbours[link], weights.isEmpty ? 1 : Double(weights[link]))
        }
    }

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
}
