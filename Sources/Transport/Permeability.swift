import Morphology
public import Volumes

/// How easily fluid flows through a pore space along one axis.
public struct Permeability: Hashable, Sendable {
    /// Square metres in one darcy.
    public static let squareMetresPerDarcy = 9.869233e-13

    /// The direction of the pressure gradient.
    public let axis: Axis
    /// What lies beyond the volume.
    public let boundary: FlowBoundary
    /// The tensor's elements of this pressure gradient: viscosity times the superficial velocity
    /// along z, y and x over the gradient, in squares of the edge of a cube of a voxel's volume;
    /// zeros where nothing percolates. Off the axis they are known for ``FlowBoundary/periodic``
    /// only.
    public let columnInSquareVoxels: SIMD3<Double>
    /// The edge of a cube of a voxel's volume, in micrometres, where it is known.
    public let voxelEdgeInMicrometres: Double?
    /// Pore voxels over all voxels.
    public let porosity: Double
    /// Voxels of pore space that percolates, over all voxels: of parts that reach both faces across
    /// the axis or, in a periodic volume, reach round it along any axis.
    public let percolatingPorosity: Double
    /// Whether some of it leads along the axis.
    public let percolates: Bool
    /// How good the solution is; `nil` where nothing percolates and there was nothing to solve.
    public let outcome: SolverOutcome?

    /// Along the axis, in squares of the edge of a cube of a voxel's volume.
    public var inSquareVoxels: Double { columnInSquareVoxels[axis.index] }

    /// Along the axis, in square metres; `nil` without a voxel size.
    public var inSquareMetres: Double? {
        voxelEdgeInMicrometres.map { inSquareVoxels * $0 * $0 * 1e-12 }
    }

    /// Along the axis, in darcy; `nil` without a voxel size.
    public var inDarcy: Double? { inSquareMetres.map { $0 / Permeability.squareMetresPerDarcy } }
}

/// Solves the slow flow of a fluid through a pore space along one axis.
///
/// Stokes' equations on a staggered grid: pressures in voxels, velocities on their faces. Fluid
/// sticks to solid, whose walls are the faces of its voxels, and meets them with the shear of a
/// parabola, so that flow between plates is exact. The permeability is viscosity times the
/// superficial velocity over the pressure gradient, the volume's whole length counting. Only parts
/// of the pore space that percolate are solved; where there are none the permeability is 0.
///
/// It is the permeability of the voxels. Their steps hold more fluid back than the smooth wall they
/// stand for: of round tubes of radius 10, 20 and 25 voxels it is 3.0, 1.5 and 1.1 per cent below
/// the circle's of the same area. What the size of the voxels does as cells of a solver,
/// ``refinedPermeability(of:along:boundary:settings:mayContinue:)`` estimates.
///
/// The equations are solved by BiCGStab, the solution in double precision and what steers it in
/// single, until the residual, taken in double precision, and the differences between the fluxes of
/// layers are as small as `settings` ask. The result is the same to the last bit for any number of
/// cores.
///
/// An image of one slice is a slice of a volume: periodic or mirrored it is the same flow in every
/// slice, sealed it lies between two plates.
///
/// - Parameters:
///   - mask: True in pore space. Voxels need not be cubes.
///   - axis: The direction of the pressure gradient.
///   - boundary: What lies beyond the volume.
///   - settings: How exact the solution has to be.
///   - mayContinue: Asked before every iteration; `false` ends the work with
///     ``TransportError/stopped(iterations:relativeResidual:required:fluxSpread:)``.
/// - Throws: ``TransportError``; never is a number returned that has not converged.
/// - Complexity: Linear in voxels, times ten to thirty iterations; about 370 bytes a percolating
///   voxel and 10 a voxel.
public func permeability(
    of mask: Mask, along axis: Axis, boundary: FlowBoundary,
    settings: SolverSettings = .standard, mayContinue: () -> Bool = { true }
) throws(TransportError) -> Permeability {
    // Faces are numbered three to a voxel, and one more along each axis.
    guard (mask.shape.count + 1) * 4 < Int(UInt32.max) else { throw .tooLarge(mask.shape) }
    let voxels = FlowVoxels(mask, along: axis, boundary)
    let count = voxels.numbered.count
    let (poreCount, percolates) = (voxels.numbered.poreCount, voxels.percolates)
    func result(_ column: SIMD3<Double>, _ outcome: SolverOutcome?) -> Permeability {
        Permeability(
            axis: axis, boundary: boundary, columnInSquareVoxels: column,
            voxelEdgeInMicrometres: mask.voxelSize?.meanEdgeInMicrometres,
            porosity: Double(poreCount) / Double(mask.shape.count),
            percolatingPorosity: Double(count) / Double(mask.shape.count),
            percolates: percolates, outcome: outcome)
    }
    if !percolates { return result(.zero, nil) }
    // Three velocities to a voxel, and seldom more than eight links to each.
    guard count < Int(UInt32.max) / 24 else { throw .tooLarge(mask.shape) }
    let system = StokesSystem(
        voxels.numbered, boundary: boundary, along: axis, voxelSize: mask.voxelSize)
    let (column, outcome) = try system.solve(axis, boundary, settings, mayContinue)
    return result(column, outcome)
}

/// The voxels that flow passes.
private struct FlowVoxels {
    let numbered: PercolatingVoxels
    /// Whether some lead along the axis.
    let percolates: Bool

    init(_ mask: Mask, along axis: Axis, _ boundary: FlowBoundary) {
        guard boundary == .periodic else {
            numbered = PercolatingVoxels(mask, along: axis)
            percolates = numbered.count > 0
            return
        }
        let parts = ConnectedComponents(of: mask, connectivity: .faces)
        let percolation = PeriodicPercolation(mask, parts)
        percolates = percolation.axes[axis.index] != 0
        let extents = SIMD3(mask.shape.depth, mask.shape.height, mask.shape.width)
        numbered = PercolatingVoxels(
            parts, percolates: percolation.percolates,
            lattice: Lattice(extents, periodic: SIMD3(repeating: 1)))
    }
}

extension StokesSystem {
    /// The mean velocities along z, y and x under a pressure gradient of 1 along `axis`.
    consuming func solve(
        _ axis: Axis, _ boundary: FlowBoundary, _ settings: SolverSettings,
        _ mayContinue: () -> Bool
    ) throws(TransportError) -> (SIMD3<Double>, SolverOutcome) {
        let extents = grid.cells.extents
        var solver = BiCGStab(self, along: axis)
        var iterations = 0
        while true {
            if solver.relativeResidual <= settings.tolerance { solver.restart() }
            let residual = solver.relativeResidual
            let spread =
                residual <= settings.tolerance
                ? relativeSpread(solver.fluxes(along: axis)) : Double.infinity
            if residual <= settings.tolerance, spread <= settings.fluxTolerance {
                let outcome = SolverOutcome(
                    iterations: iterations, relativeResidual: residual, fluxSpread: spread)
                return (solver.meanVelocities(axis, boundary, extents), outcome)
            }
            let mayGoOn = mayContinue()
            if !mayGoOn || iterations == settings.maximumIterations {
                let spread = relativeSpread(solver.fluxes(along: axis))
                throw mayGoOn
                    ? .notConverged(
                        iterations: iterations, relativeResidual: residual,
                        required: settings.tolerance, fluxSpread: spread)
                    : .stopped(
                        iterations: iterations, relativeResidual: residual,
                        required: settings.tolerance, fluxSpread: spread)
            }
            solver.step()
            iterations += 1
        }
    }
}

extension BiCGStab {
    /// The mean velocities along z, y and x in a volume of `extents` voxels.
    fileprivate func meanVelocities(
        _ axis: Axis, _ boundary: FlowBoundary, _ extents: SIMD3<Int>
    ) -> SIMD3<Double> {
        var means = SIMD3<Double>.zero
        for other in Axis.allCases where other == axis || boundary == .periodic {
            var fluxes = fluxes(along: other)
            if boundary != .periodic {
                // The two open faces stand for half a layer each.
                fluxes[0] /= 2
                fluxes[fluxes.count - 1] /= 2
            }
            means[other.index] = fluxes.reduce(0, +) / Double(extents[other.index])
        }
        return means
    }
}
