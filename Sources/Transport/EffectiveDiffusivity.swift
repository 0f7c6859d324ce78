public import Volumes

/// How a pore space hinders diffusion, or a current through its brine, along one axis.
///
/// The formation factor is the reciprocal of the relative diffusivity; tortuosities divide a
/// porosity by it, so that none is told without the porosity it belongs to.
public struct EffectiveDiffusivity: Hashable, Sendable {
    /// The direction of the flux.
    public let axis: Axis
    /// The effective diffusivity over that of the free fluid; 0 where nothing percolates.
    public let relativeDiffusivity: Double
    /// Pore voxels over all voxels.
    public let porosity: Double
    /// Pore voxels of parts that reach both faces across the axis, over all voxels.
    public let percolatingPorosity: Double
    /// How good the solution is; `nil` where nothing percolates and there was nothing to solve.
    public let outcome: SolverOutcome?

    /// Whether a part of the pore space reaches both faces across the axis.
    public var percolates: Bool { percolatingPorosity > 0 }

    /// 1 over the relative diffusivity; `nil` (infinite) where nothing percolates.
    public var formationFactor: Double? { percolates ? 1 / relativeDiffusivity : nil }

    /// All porosity over the relative diffusivity, as TauFactor has it; `nil` where nothing
    /// percolates.
    public var tortuosityOfPorosity: Double? {
        percolates ? porosity / relativeDiffusivity : nil
    }

    /// Percolating porosity over the relative diffusivity; `nil` where nothing percolates.
    public var tortuosityOfPercolatingPorosity: Double? {
        percolates ? percolatingPorosity / relativeDiffusivity : nil
    }
}

/// Solves steady diffusion through a pore space along one axis.
///
/// The convention is TauFactor's (Cooper et al. 2016, doi:10.1016/j.softx.2016.09.002): the
/// potential is fixed on the two faces of the volume, half a voxel beyond the centres of the first
/// and last layers; the length is all layers; no flux passes solid or the four sides, which
/// therefore act as mirrors. Only parts of the pore space that reach both faces are solved; where
/// there is none the diffusivity is 0. Fluxes are those of seven-point finite volumes on the
/// voxels.
///
/// The equations are solved by conjugate gradients in double precision, with a multigrid cycle in
/// single precision before each step, until the residual and the differences between the fluxes of
/// layers are as small as `settings` ask. The result is the same to the last bit for any number of
/// cores. What the voxels themselves do to it,
/// ``refinedDiffusivity(of:along:settings:mayContinue:)`` estimates.
///
/// - Parameters:
///   - mask: True in pore space. Voxels need not be cubes.
///   - axis: The direction of the flux.
///   - settings: How exact the solution has to be.
///   - mayContinue: Asked before every iteration; `false` ends the work with
///     ``TransportError/stopped(iterations:relativeResidual:required:fluxSpread:)``.
/// - Throws: ``TransportError``; never is a number returned that has not converged.
/// - Complexity: Linear in voxels, times some 20 iterations; about 100 bytes a percolating voxel and
///   5 a voxel.
public func effectiveDiffusivity(
    of mask: Mask, along axis: Axis, settings: SolverSettings = .standard,
    mayContinue: () -> Bool = { true }
) throws(TransportError) -> EffectiveDiffusivity {
    guard mask.shape.count < Int(UInt32.max) else { throw .tooLarge(mask.shape) }
    let voxels = PercolatingVoxels(mask, along: axis)
    let (poreCount, count) = (voxels.poreCount, voxels.count)
    guard count < Int(UInt32.max) / 6 else { throw .tooLarge(mask.shape) }
    func result(_ diffusivity: Double, _ outcome: SolverOutcome?) -> EffectiveDiffusivity {
        EffectiveDiffusivity(
            axis: axis, relativeDiffusivity: diffusivity,
            porosity: Double(poreCount) / Double(mask.shape.count),
            percolatingPorosity: Double(count) / Double(mask.shape.count), outcome: outcome)
    }
    if count == 0 { return result(0, nil) }
    let problem = DiffusionProblem(voxels, along: axis, voxelSize: mask.voxelSize)
    let (fluxes, outcome) = try problem.solve(settings, mayContinue)
    let mean = fluxes.reduce(0, +) / Double(fluxes.count)
    // Of an empty space: the area of a layer over the number of layers.
    let layers = mask.shape.extent(along: axis)
    let free = Double(mask.shape.count / layers) / Double(layers)
    return result(mean / free, outcome)
}

extension DiffusionProblem {
    /// The fluxes through the faces and between the layers, once they agree.
    func solve(
        _ settings: SolverSettings, _ mayContinue: () -> Bool
    ) throws(TransportError) -> (fluxes: [Double], outcome: SolverOutcome) {
        var solver = ConjugateGradients(
            GraphMultigrid(graph, at: places, on: lattice), sources: sources, guess: linear)
        var required = settings.tolerance
        var iterations = 0
        while true {
            let residual = solver.relativeResidual
            if residual <= required {
                let fluxes = fluxes(solver.potentials)
                let spread = relativeSpread(fluxes)
                if spread <= settings.fluxTolerance {
                    return (
                        fluxes,
                        SolverOutcome(
                            iterations: iterations, relativeResidual: residual, fluxSpread: spread)
                    )
                }
                // The flux asks for more than the residual.
                required = residual / 4
            }
            let mayGoOn = mayContinue()
            if !mayGoOn || iterations == settings.maximumIterations {
                let spread = relativeSpread(fluxes(solver.potentials))
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

/// The largest difference from the mean, relative to it.
func relativeSpread(_ fluxes: [Double]) -> Double {
    let mean = fluxes.reduce(0, +) / Double(fluxes.count)
    let largest = fluxes.reduce(0) { max($0, abs($1 - mean)) }
    return mean == 0 ? largest : largest / abs(mean)
}
