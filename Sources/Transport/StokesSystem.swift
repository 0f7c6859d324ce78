import Volumes

/// Stokes' equations on a staggered grid, as one matrix over velocities and then pressures, and its
/// preconditioner.
///
/// The preconditioner is block-triangular: pressures first, then the velocities under what is left
/// of the forces, by a multigrid cycle for friction. For the pressures it takes the identity plus a
/// multigrid cycle for Darcy's law with local mobilities. The identity is right where pressure
/// changes from voxel to voxel, Darcy's law where it changes slowly along pores; either alone needs
/// the more iterations the longer the pores are for their width. It is to Darcy's law what Cahouet
/// and Chabard 1988 (doi:10.1002/fld.1650080802) did for inertia.
///
/// All of the preconditioner is in single precision, and so are the vectors it is applied to; about
/// 230 bytes a voxel with the grid, a quarter of it for the coarser levels of friction.
struct StokesSystem: Sendable {
    let grid: StokesGrid
    private let friction: PatternedGraph
    private var frictionCycle: GraphMultigrid<PatternedGraph>
    private var darcyCycle: GraphMultigrid<DarcyGraph>

    /// The system of the numbered voxels; flow enters and leaves along `axis` unless it is periodic.
    init(
        _ voxels: consuming PercolatingVoxels, boundary: FlowBoundary, along axis: Axis,
        voxelSize: VoxelSize?
    ) {
        let neighbours = StokesGrid.neighbours(voxels, boundary, axis)
        let edges = voxelSize.map { $0.vector / $0.meanEdgeInMicrometres }
        grid = StokesGrid(
            voxels, neighbours, boundary: boundary, edges: edges ?? SIMD3(repeating: 1))
        friction = grid.friction(neighbours, isSymmetric: false)
        let symmetric = grid.friction(neighbours, isSymmetric: true).sharingLinks(of: friction)
        frictionCycle = GraphMultigrid(symmetric, at: grid.facePlaces, on: grid.faces)
        let darcy = grid.darcy(StokesSystem.mobilities(grid, frictionCycle))
        darcyCycle = GraphMultigrid(darcy, at: grid.cellPlaces, on: grid.cells)
    }

    /// What a uniform force alone would drive through every face.
    private static func mobilities(
        _ grid: StokesGrid, _ cycle: GraphMultigrid<PatternedGraph>
    ) -> [Float] {
        var solver = ConjugateGradients<PatternedGraph, Float>(
            cycle, sources: (0..<grid.faceCount).map { Float(grid.share(of: $0)) },
            guess: Array(repeating: 0, count: grid.faceCount))
        // They only steer the preconditioner; eight iterations give them to about a per cent.
        for _ in 0..<8 where solver.relativeResidual > 1e-2 { solver.step() }
        // A mobility that has not settled must not be negative.
        return (0..<grid.faceCount).map {
            max(solver.potentials[$0], 0.5 / cycle.fine.diagonal($0))
        }
    }

    /// The force on a velocity under a uniform pressure gradient of 1 along `axis`.
    @inline(__always)
    func force(on face: Int, along axis: Axis) -> Double {
        grid.axis(of: face) == axis.index ? grid.share(of: face) : 0
    }

    /// What a uniform force along `axis` alone would drive through a face.
    func mobility(of face: Int, along axis: Axis) -> Double {
        if grid.axis(of: face) != axis.index { return 0 }
        let edge = grid.edges[axis.index]
        return Double(darcyCycle.fine.conductances[face]) * edge * edge
    }

    /// The matrix times a vector.
    func apply(_ vector: FlowVector<Float>, into result: inout FlowVector<Float>) {
        evaluate(vector, into: &result) { _, value in value }
    }

    /// What a solution leaves of the forces along `axis`, taken in double precision.
    func residual(
        of solution: FlowVector<Double>, along axis: Axis,
        into result: inout FlowVector<Float>
    ) {
        evaluate(solution, into: &result) { face, value in
            (face.map { force(on: $0, along: axis) } ?? 0) - value
        }
    }

    /// Puts what `entry` makes of the matrix times a vector into `result`: of the momentum on every
    /// face, and of the inflow into every cell, for which it gets no face.
    private func evaluate<Value: Real>(
        _ vector: FlowVector<Value>, into result: inout FlowVector<Float>,
        _ entry: @Sendable (_ face: Int?, Double) -> Double
    ) {
        let inverse = SIMD3(repeating: 1) / grid.edges
        result.velocities.updateRows(0..<grid.faceCount) { rows, _, block in
            let (u, p) = (vector.velocities.span, vector.pressures.span)
            for face in rows {
                let value =
                    friction.current(face, u) - drop(at: face, p) * inverse[grid.axis(of: face)]
                block[face - rows.lowerBound] = Float(entry(face, value))
            }
        }
        result.pressures.updateRows(0..<grid.cellCount) { rows, _, block in
            let (cellFaces, u) = (grid.cellFaces.span, vector.velocities.span)
            for cell in rows {
                let faces = cellFaces.extracting((cell * 6)..<(cell * 6 + 6))
                var outflow = 0.0
                for axis in 0..<3 {
                    let (low, high) = (faces[axis * 2], faces[axis * 2 + 1])
                    var difference = 0.0
                    if high != StokesGrid.Beyond.noFace { difference += u[Int(high)].wide }
                    if low != StokesGrid.Beyond.noFace { difference -= u[Int(low)].wide }
                    outflow += difference * inverse[axis]
                }
                block[cell - rows.lowerBound] = Float(entry(nil, -outflow))
            }
        }
    }

    /// By how much the pressure falls across a face.
    @inline(__always)
    private func drop<Value: Real>(at face: Int, _ pressures: Span<Value>) -> Double {
        let (below, above) = (grid.lower.span[face], grid.upper.span[face])
        var drop = 0.0
        if StokesGrid.Beyond.isCell(below) { drop += pressures[Int(below)].wide }
        if StokesGrid.Beyond.isCell(above) { drop -= pressures[Int(above)].wide }
        return drop
    }

    /// The preconditioner applied to a vector; `work` is scratch.
    mutating func precondition(
        _ vector: FlowVector<Float>, into result: inout FlowVector<Float>, work: inout [Float]
    ) {
        darcyCycle.solve(vector.pressures, into: &result.pressures)
        result.pressures.updateRows(0..<grid.cellCount) { rows, _, block in
            let pressures = vector.pressures.span
            for i in rows {
                block[i - rows.lowerBound] = -(block[i - rows.lowerBound] + pressures[i])
            }
        }
        // What these pressures leave of the forces on the velocities.
        let inverse = SIMD3(repeating: 1) / grid.edges
        work.updateRows(0..<grid.faceCount) { [self, pressures = result.pressures] rows, _, block in
            let (u, p) = (vector.velocities.span, pressures.span)
            for face in rows {
                let left = Double(u[face]) + drop(at: face, p) * inverse[grid.axis(of: face)]
                block[face - rows.lowerBound] = Float(left)
            }
        }
        frictionCycle.solve(work, into: &result.velocities)
    }

    /// The flux through every layer of faces across an axis, over that of a velocity of 1
    /// everywhere.
    func fluxes(_ solution: FlowVector<Double>, along axis: Axis) -> [Double] {
        let extents = grid.faces.extents
        var fluxes = [Double](repeating: 0, count: extents[axis.index])
        for face in 0..<grid.faceCount {
            let (sheet, position) = grid.faces.coordinates(of: grid.facePlaces[face])
            if sheet == axis.index {
                fluxes[position[axis.index]] += solution.velocities[face]
            }
        }
        let cells = grid.cells.extents
        let area = Double(grid.cells.sheetCount / cells[axis.index])
        return fluxes.map { $0 / area }
    }
}
