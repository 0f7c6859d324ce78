public import Volumes

/// The squared radius at which a non-wetting fluid that drains a pore space from some of its faces
/// first comes to each voxel; 0 where it never does.
///
/// At a squared radius s the fluid fills the balls (see ``localThickness(of:within:)``) whose centres are
/// connected to a face it comes from, across faces of voxels, through centres of squared radius s or
/// more (porosimetry; Hilpert and Miller 2001, doi:10.1016/S0309-1708(00)00056-7). The result is the
/// largest such s of the voxel, so the fluid's place at any radius is what has at least its square, and
/// the saturation curve is the result's ``RadiusDistribution``. It equals filling the balls anew for
/// every radius there is.
///
/// - Parameters:
///   - mask: True in pore space.
///   - faces: Where the fluid comes from: faces of the field of view's bounding box. An axis one voxel
///     long has none.
///   - fieldOfView: Which voxels belong to the sample; it overlaps the mask. What lies outside is no
///     wall, but no way either.
/// - Precondition: As of ``squaredDistanceTransform(of:edges:within:)``, and the voxels can be numbered
///   in 32 bits.
/// - Complexity: As of ``localThickness(of:within:)``; eight bytes a voxel, and eight more a voxel on
///   the flood's front.
public func drainage(
    of mask: Mask, from faces: Faces, within fieldOfView: FieldOfView = .all
) -> Volume<UInt32> {
    let distances = squaredDistanceTransform(of: mask, within: fieldOfView)
    var invasion = widestPaths(in: distances, within: fieldOfView).widths(from: faces)
        .withVoxelSize(mask.voxelSize)
    let longest = distances.greatest
    if longest == .max { return invasion }
    let balls = BallCentres(squaredDistances: distances, longest: longest, values: invasion)
        .inSlices()
    BallPainting(balls, in: mask.shape, within: fieldOfView).paint(&invasion)
    return invasion
}

/// The squared radius of the largest ball that can go from one face of a pore space to another, by its
/// centre across faces of voxels; `nil` if nothing can.
///
/// Between the two faces across an axis it is the radius at which a non-wetting fluid breaks through,
/// and half the critical length of Katz and Thompson (1986, doi:10.1103/PhysRevB.34.8179).
///
/// - Parameters:
///   - squaredDistances: What ``squaredDistanceTransform(of:edges:within:)`` gives.
///   - start: Where it begins: one or more faces of the field of view's bounding box.
///   - end: Where it ends, likewise. An axis one voxel long has no faces.
///   - fieldOfView: Which voxels belong to the sample; it overlaps the volume.
/// - Precondition: The voxels can be numbered in 32 bits.
/// - Complexity: Linear in the pore space's voxels that are reached; four bytes a voxel.
public func criticalSquaredRadius(
    in squaredDistances: Volume<UInt32>, from start: Faces, to end: Faces,
    within fieldOfView: FieldOfView = .all
) -> UInt32? {
    widestPaths(in: squaredDistances, within: fieldOfView).width(from: start, to: end)
}

private func widestPaths(
    in squaredDistances: Volume<UInt32>, within fieldOfView: FieldOfView
) -> WidestPaths {
    guard let bounds = fieldOfView.bounds(in: squaredDistances.shape) else {
        preconditionFailure("a field of view overlaps its volume")
    }
    return WidestPaths(squaredDistances: squaredDistances, bounds: bounds)
}
