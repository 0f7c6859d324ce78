/// Stokes' equations on a staggered grid, as one matrix over velocities and then pressures, and its
/// preconditioner.
///
/// The preconditioner is block-triangular: pressures first, then the velocities under what is left
/// of the forces, by a multigrid cycle for friction. For the pressures it takes the identity plus a
/// multigrid cycle for Darcy's law with local mobilities. The identity is right where pressure
/// changes from voxel to voxel, Darcy's law where it changes slowly along pores; either alone needs
/// the more iterations the longer the pores are for their width. It is to Darcy's law what Cahouet
/// and Chabard 1988 (doi:10.1002/fld.1650080802) did for inertia.
struct StokesSystem: Sendable {
    let grid: StokesGrid
    private let friction: ConductanceGraph
    private var frictionCycle: GraphMultigrid
    private var darcyCycle: GraphMultigrid
    /// What a uniform force alone would drive through every face; at once a first guess.
    let mobilities: [Double]

    var count: Int { grid.faceCount + grid.cellCount }

    init(_ grid: StokesGrid) {
        self.grid = grid
        friction = grid.friction(isSymmetric: false)
        let symmetric = grid.friction(isSymmetric: true)
        let cycle = GraphMultigrid(symmetric, at: grid.facePlaces, on: grid.faces)
        let shares = (0..<grid.faceCount).map { grid.share(of: $0) }
        var solver = ConjugateGradients(
            symmetric, cycle, sources: shares,
            guess: Array(repeating: 0, count: grid.faceCount))
        // They only steer the preconditioner; eight iterations give them to about a per cent.
        for _ in 0..<8 where solver.relativeResidual > 1e-2 { solver.step() }
        // A mobility that has not settled must not be negative.
        mobilities = zip(solver.potentials, symmetric.diagonal).map { max($0, 0.5 / Double($1)) }
        frictionCycle = cycle
        darcyCycle = GraphMultigrid(grid.darcy(mobilities), at: grid.cellPlaces, on: grid.cells)
    }

    /// The forces on every velocity of an axis under a uniform pressure gradient of 1.
    func forces(along axis: FlowAxis) -> [Double] {
        (0..<count).map {
            $0 < grid.faceCount && grid.axis(of: $0) == axis.rawValue ? grid.share(of: $0) : 0
        }
    }

    /// The matrix times a vector.
    func apply(_ vector: [Double], into result: inout [Double]) {
        let faceCount = grid.faceCount
        friction.currents(vector, into: &result, rows: 0..<faceCount)
        let inverse = SIMD3(repeating: 1) / grid.edges
        result.updateRows(0..<faceCount) { rows, _, block in
            let (lower, upper) = (grid.lower.span, grid.upper.span)
            let vector = vector.span
            for face in rows {
                let (below, above) = (lower[face], upper[face])
                var drop = 0.0
                if StokesGrid.Beyond.isCell(below) { drop += vector[faceCount + Int(below)] }
                if StokesGrid.Beyond.isCell(above) { drop -= vector[faceCount + Int(above)] }
                block[face - rows.lowerBound] -= drop * inverse[grid.axis(of: face)]
            }
        }
        result.updateRows(faceCount..<count) { rows, _, block in
            let (cellFaces, vector) = (grid.cellFaces.span, vector.span)
            for row in rows {
                let cell = row - faceCount
                var outflow = 0.0
                for axis in 0..<3 {
                    let low = cellFaces[cell * 6 + axis * 2]
                    let high = cellFaces[cell * 6 + axis * 2 + 1]
                    var difference = 0.0
                    if high != StokesGrid.Beyond.noFace { difference += vector[Int(high)] }
                    if low != StokesGrid.Beyond.noFace { difference -= vector[Int(low)] }
                    outflow += difference * inverse[axis]
                }
                block[row - rows.lowerBound] = -outflow
            }
        }
    }

    /// The preconditioner applied to a vector; `work` is scratch.
    mutating func precondition(
        _ vector: [Double], into result: inout [Double], work: inout [Double]
    ) {
        let grid = grid
        let faceCount = grid.faceCount
        darcyCycle.solve(vector, into: &result, from: faceCount)
        result.updateRows(faceCount..<count) { rows, _, block in
            let vector = vector.span
            for i in rows {
                block[i - rows.lowerBound] = -(block[i - rows.lowerBound] + vector[i])
            }
        }
        // What these pressures leave of the forces on the velocities.
        let (pressures, inverse) = (result, SIMD3(repeating: 1) / grid.edges)
        work.updateRows(0..<faceCount) { rows, _, block in
            let (lower, upper) = (grid.lower.span, grid.upper.span)
            let (vector, pressures) = (vector.span, pressures.span)
            for face in rows {
                let (below, above) = (lower[face], upper[face])
                var drop = 0.0
                if StokesGrid.Beyond.isCell(below) { drop += pressures[faceCount + Int(below)] }
                if StokesGrid.Beyond.isCell(above) { drop -= pressures[faceCount + Int(above)] }
                block[face - rows.lowerBound] = vector[face] + drop * inverse[grid.axis(of: face)]
            }
        }
        frictionCycle.solve(work, into: &result)
    }

    /// The flux through every layer of faces across an axis, over that of a velocity of 1
    /// everywhere.
    func fluxes(_ solution: [Double], along axis: FlowAxis) -> [Double] {
        let extents = grid.faces.extents
        var fluxes = [Double](repeating: 0, count: extents[axis.rawValue])
        for face in 0..<grid.faceCount {
            let (sheet, position) = grid.faces.coordinates(of: grid.facePlaces[face])
            if sheet == axis.rawValue { fluxes[position[axis.rawValue]] += solution[face] }
        }
        let cells = grid.cells.extents
        let area = Double(grid.cells.sheetCount / cells[axis.rawValue])
        return fluxes.map { $0 / area }
    }
}
