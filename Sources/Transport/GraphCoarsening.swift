import Morphology

/// The graph of twice as coarse a grid: each of its nodes stands for the linked nodes within a cube
/// of 2x2x2 places, so that what a thin wall parts stays apart.
///
/// Conductances between cubes, and to ground, are the sums of those of the fine grid, halved, since
/// their ends lie twice as far from each other.
struct GraphCoarsening: Sendable {
    let graph: ConductanceGraph
    /// The coarse node of every fine one.
    let parents: [UInt32]
    /// The first child of every coarse node, and the number of children.
    let childStarts: [UInt32]
    /// The fine nodes of every coarse one.
    let children: [UInt32]
    /// Where the coarse nodes lie.
    let places: [UInt32]

    init(_ fine: some Conductors, at finePlaces: [UInt32], on lattice: Lattice) {
        let coarser = lattice.coarser
        let count = fine.count
        let blocks = finePlaces.map { lattice.coarserPlace(of: $0, in: coarser) }
        var sets = DisjointSets(count: count)
        for node in 0..<count {
            fine.forEachLink(node) { other, _ in
                if other > UInt32(node), blocks[Int(other)] == blocks[node] {
                    sets.join(UInt32(node), other)
                }
            }
        }
        // Numbers by colour, and within one by the first node.
        var parents = [UInt32](repeating: 0, count: count)
        var ofColour = [Int](repeating: 0, count: coarser.colourCount)
        var roots: [(node: Int, colour: Int)] = []
        for node in 0..<count where sets.root(of: UInt32(node)) == UInt32(node) {
            let colour = coarser.colour(of: coarser.coordinates(of: blocks[node]).1)
            roots.append((node, colour))
            ofColour[colour] += 1
        }
        var colours: [Range<Int>] = []
        for size in ofColour {
            let start = colours.last?.upperBound ?? 0
            colours.append(start..<(start + size))
        }
        var next = colours.map(\.lowerBound)
        var places = [UInt32](repeating: 0, count: roots.count)
        for root in roots {
            parents[root.node] = UInt32(next[root.colour])
            places[next[root.colour]] = blocks[root.node]
            next[root.colour] += 1
        }
        var childStarts = [UInt32](repeating: 0, count: roots.count + 1)
        for node in 0..<count {
            let parent = parents[Int(sets.root(of: UInt32(node)))]
            parents[node] = parent
            childStarts[Int(parent) + 1] += 1
        }
        for parent in roots.indices { childStarts[parent + 1] += childStarts[parent] }
        var children = [UInt32](repeating: 0, count: count)
        var free = childStarts
        for node in 0..<count {
            let parent = Int(parents[node])
            children[Int(free[parent])] = UInt32(node)
            free[parent] += 1
        }
        self.parents = parents
        self.childStarts = childStarts
        self.children = children
        self.places = places
        graph = GraphCoarsening.sum(fine, parents, childStarts, children, colours)
    }

    private static func sum(
        _ fine: some Conductors, _ parents: [UInt32], _ childStarts: [UInt32],
        _ children: [UInt32], _ colours: [Range<Int>]
    ) -> ConductanceGraph {
        let count = childStarts.count - 1
        var builder = ConductanceGraphBuilder(count: count, linksPerNode: 6, isWeighted: true)
        var others: [(node: UInt32, weight: Double)] = []
        for node in 0..<count {
            others.removeAll(keepingCapacity: true)
            var ground = 0.0
            for place in Int(childStarts[node])..<Int(childStarts[node + 1]) {
                let child = Int(children[place])
                ground += fine.ground(child)
                fine.forEachLink(child) { other, weight in
                    let parent = parents[Int(other)]
                    if parent == UInt32(node) { return }
                    if let known = others.firstIndex(where: { $0.node == parent }) {
                        others[known].weight += weight
                    } else {
                        others.append((parent, weight))
                    }
                }
            }
            for other in others { builder.link(to: other.node, other.weight / 2) }
            builder.ground(ground / 2)
            builder.endNode()
        }
        return builder.finish(colours: colours)
    }
}
