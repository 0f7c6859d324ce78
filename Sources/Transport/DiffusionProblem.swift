import Volumes

/// Steady diffusion through the percolating voxels of a pore space, from a potential of 1 on one
/// face to 0 on the other, as finite volumes.
///
/// A link between two voxels conducts the area of their common face over the distance of their
/// centres; the first and last layers are linked to the faces at half that distance. Everything is
/// in units of the conductance of a link along the axis.
struct DiffusionProblem: Sendable {
    let axis: Axis
    let graph: ConductanceGraph
    let places: [UInt32]
    let lattice: Lattice
    /// Layers along the axis.
    let layers: Int

    init(_ voxels: consuming PercolatingVoxels, along axis: Axis, voxelSize: VoxelSize?) {
        let lattice = voxels.lattice
        self.axis = axis
        self.lattice = lattice
        layers = lattice.extents[axis.index]
        let edges = voxelSize?.vector ?? SIMD3(repeating: 1)
        // Area over distance is volume over distance squared.
        let along = edges[axis.index]
        let conductances = SIMD3(repeating: along * along) / (edges * edges)
        let isWeighted = conductances != SIMD3(repeating: 1)
        let strides = SIMD3(lattice.extents.y * lattice.extents.z, lattice.extents.z, 1)
        var builder = ConductanceGraphBuilder(
            count: voxels.count, linksPerNode: 6, isWeighted: isWeighted)
        let numbers = voxels.numbers
        for place in voxels.places {
            let (_, position) = lattice.coordinates(of: place)
            for direction in 0..<3 {
                if position[direction] > 0 {
                    let other = numbers[Int(place) - strides[direction]]
                    if other != PercolatingVoxels.none {
                        builder.link(to: other, conductances[direction])
                    }
                }
                if position[direction] < lattice.extents[direction] - 1 {
                    let other = numbers[Int(place) + strides[direction]]
                    if other != PercolatingVoxels.none {
                        builder.link(to: other, conductances[direction])
                    }
                }
            }
            if position[axis.index] == 0 { builder.ground(2) }
            if position[axis.index] == layers - 1 { builder.ground(2) }
            builder.endNode()
        }
        graph = builder.finish(colours: voxels.colours)
        places = voxels.places
    }

    /// The layer of every node.
    func layer(of node: Int) -> Int {
        lattice.coordinates(of: places[node]).1[axis.index]
    }

    /// The potential of the first face, seen by the nodes next to it.
    var sources: [Double] {
        (0..<graph.count).map { layer(of: $0) == 0 ? 2 : 0 }
    }

    /// The potential of an empty space.
    var linear: [Double] {
        (0..<graph.count).map { 1 - (Double(layer(of: $0)) + 0.5) / Double(layers) }
    }

    /// The fluxes through the two faces and between the layers, from the first face on.
    func fluxes(_ potentials: [Double]) -> [Double] {
        var fluxes = [Double](repeating: 0, count: layers + 1)
        for node in 0..<graph.count {
            let (_, position) = lattice.coordinates(of: places[node])
            let layer = position[axis.index]
            if layer == 0 { fluxes[0] += 2 * (1 - potentials[node]) }
            if layer == layers - 1 { fluxes[layers] += 2 * potentials[node] }
            for link in Int(graph.starts[node])..<Int(graph.starts[node + 1]) {
                let other = Int(graph.neighbours[link])
                // The axis has a conductance of 1.
                if lattice.coordinates(of: places[other]).1[axis.index] == layer + 1 {
                    fluxes[layer + 1] += potentials[node] - potentials[other]
                }
            }
        }
        return fluxes
    }
}
