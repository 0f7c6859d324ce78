/// Builds a graph node by node, in their order.
struct ConductanceGraphBuilder {
    private var starts: [UInt32] = [0]
    private var neighbours: [UInt32] = []
    private var weights: [Float] = []
    private var grounds: [Float] = []
    private var diagonal: [Float] = []
    private let isWeighted: Bool
    private var sum = 0.0
    private var toGround = 0.0

    /// A graph of `count` nodes of about `linksPerNode` links; with weights of their own or all 1.
    init(count: Int, linksPerNode: Int, isWeighted: Bool) {
        self.isWeighted = isWeighted
        starts.reserveCapacity(count + 1)
        diagonal.reserveCapacity(count)
        neighbours.reserveCapacity(count * linksPerNode)
        if isWeighted {
            weights.reserveCapacity(count * linksPerNode)
            grounds.reserveCapacity(count)
        }
    }

    /// Links the node that is being built with one it has no link to.
    @inline(__always)
    mutating func link(to neighbour: UInt32, _ weight: Double = 1) {
        neighbours.append(neighbour)
        if isWeighted { weights.append(Float(weight)) }
        sum += weight
    }

    /// Links the node that is being built with ground.
    @inline(__always)
    mutating func ground(_ weight: Double) { toGround += weight }

    /// Ends the node and begins the next.
    @inline(__always)
    mutating func endNode() {
        starts.append(UInt32(neighbours.count))
        let all = sum + toGround
        diagonal.append(all > 0 ? Float(all) : 1)
        if isWeighted { grounds.append(Float(toGround)) }
        (sum, toGround) = (0, 0)
    }

    consuming func finish(colours: [Range<Int>]) -> ConductanceGraph {
        ConductanceGraph(
            colours: colours, starts: starts, neighbours: neighbours, weights: weights,
            grounds: grounds, diagonal: diagonal)
    }
}
