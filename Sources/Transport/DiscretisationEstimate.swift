public import Volumes

/// What the size of the voxels, as the cells of a solver, does to its answer.
///
/// The pore space is taken as the mask has it, its walls along the faces of voxels; it is solved on
/// these voxels, again on voxels cut into eight, and extrapolated to infinitely small ones. Near
/// the edges of voxels that stick out into the pores solutions are singular, and errors fall with
/// the power 4/3 of the cell's edge (2/3 for a potential around an edge of 270 degrees, twice that
/// for a flux).
///
/// It says nothing of what the scan's voxels or the threshold did to the shape of the pores.
public struct DiscretisationEstimate: Hashable, Sendable {
    /// The answer on the mask's own voxels.
    public let value: Double
    /// The answer on voxels of half the edge.
    public let refinedValue: Double

    /// The answer on infinitely small voxels.
    public var extrapolatedValue: Double {
        // 2^(4/3) - 1
        refinedValue + (refinedValue - value) / 1.5198420997897464
    }

    /// How much the answer on the mask's own voxels is too great, as a share of the extrapolated
    /// one; 0 where both are 0.
    public var relativeError: Double {
        let extrapolated = extrapolatedValue
        return value == extrapolated ? 0 : (value - extrapolated) / extrapolated
    }
}

/// Solves diffusion on a mask and on its voxels cut into eight: see
/// ``effectiveDiffusivity(of:along:settings:mayContinue:)`` and ``DiscretisationEstimate``.
///
/// Takes nine times the time and eight times the memory of a solution; for a large volume give a
/// part of it, whose relative error stands for that of the whole.
///
/// - Returns: The relative diffusivities.
/// - Throws: ``TransportError``.
public func refinedDiffusivity(
    of mask: Mask, along axis: Axis, settings: SolverSettings = .standard,
    mayContinue: () -> Bool = { true }
) throws(TransportError) -> DiscretisationEstimate {
    try mask.checkRefinable()
    let coarse = try effectiveDiffusivity(
        of: mask, along: axis, settings: settings, mayContinue: mayContinue)
    let fine = try effectiveDiffusivity(
        of: mask.refined(), along: axis, settings: settings, mayContinue: mayContinue)
    return DiscretisationEstimate(
        value: coarse.relativeDiffusivity, refinedValue: fine.relativeDiffusivity)
}

/// Solves flow on a mask and on its voxels cut into eight: see
/// ``permeability(of:along:boundary:settings:mayContinue:)`` and ``DiscretisationEstimate``.
///
/// Takes nine times the time and eight times the memory of a solution; for a large volume give a
/// part of it, whose relative error stands for that of the whole.
///
/// - Returns: The permeabilities along the axis, both in squares of the edge of the mask's own
///   voxels.
/// - Throws: ``TransportError``.
public func refinedPermeability(
    of mask: Mask, along axis: Axis, boundary: FlowBoundary,
    settings: SolverSettings = .standard, mayContinue: () -> Bool = { true }
) throws(TransportError) -> DiscretisationEstimate {
    try mask.checkRefinable()
    let coarse = try permeability(
        of: mask, along: axis, boundary: boundary, settings: settings, mayContinue: mayContinue)
    let fine = try permeability(
        of: mask.refined(), along: axis, boundary: boundary, settings: settings,
        mayContinue: mayContinue)
    return DiscretisationEstimate(
        value: coarse.inSquareVoxels, refinedValue: fine.inSquareVoxels / 4)
}

extension Mask {
    fileprivate func checkRefinable() throws(TransportError) {
        guard shape.count < Int(UInt32.max) / 64 else { throw .tooLarge(shape) }
    }

    /// Every voxel cut into eight.
    func refined() -> Mask {
        let fine = Shape(depth: shape.depth * 2, height: shape.height * 2, width: shape.width * 2)
        var voxels: [Bool] = []
        voxels.reserveCapacity(fine.count)
        withVoxels { coarse in
            for z in 0..<fine.depth {
                for y in 0..<fine.height {
                    let row = ((z / 2) * shape.height + y / 2) * shape.width
                    for x in 0..<fine.width { voxels.append(coarse[row + x / 2]) }
                }
            }
        }
        return Mask(shape: fine, voxelSize: voxelSize?.scaled(by: 0.5), voxels: voxels)
    }
}
