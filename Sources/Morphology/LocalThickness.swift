public import Volumes

/// The squared radius of the largest ball in the pore space that covers each voxel; 0 outside it.
///
/// The ball around voxel c is every voxel x with |x - c|^2 < d^2(c), d(c) being the distance from the
/// centre of c to that of the nearest voxel outside the pore space, so no ball leaves the pore space;
/// the local thickness of x is the largest d^2(c) of the balls it lies in (Hildebrand and Rüegsegger
/// 1997, doi:10.1046/j.1365-2818.1997.1340694.x). Radii are not rounded: the result is what trying every
/// ball for every voxel gives. As distances go from centre to centre, a radius is about half a voxel
/// longer than to the surface between voxels. What lies beyond the volume or the field of view is
/// neither pore nor solid, and centre of no ball; without solid in view every voxel in it is
/// `UInt32.max`.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample.
/// - Precondition: As of ``squaredDistanceTransform(of:edges:within:)``.
/// - Complexity: Linear in voxels but for the balls that are painted, of which a pore space has few that
///   lie in no other. Four bytes a voxel, the result's own, and some 50 a ball.
public func localThickness(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) -> Volume<UInt32> {
    localThickness(
        from: squaredDistanceTransform(of: mask, within: fieldOfView), within: fieldOfView)
}

/// The squared radius of the largest ball in the pore space that covers each voxel, from the squared
/// distances of ``squaredDistanceTransform(of:edges:within:)`` for cubic voxels in the same field of view;
/// see ``localThickness(of:within:)``.
///
/// Takes the memory of the distances where the caller gives it up.
public func localThickness(
    from squaredDistances: consuming Volume<UInt32>, within fieldOfView: FieldOfView = .all
) -> Volume<UInt32> {
    var thickness = squaredDistances
    let longest = thickness.greatest
    if longest == .max { return thickness }
    // Where no larger ball reaches, a voxel's own is the largest: distances are a start.
    let balls = BallCentres(squaredDistances: thickness, longest: longest).inSlices()
    BallPainting(balls, in: thickness.shape, within: fieldOfView).paint(&thickness)
    return thickness
}

extension Volume<UInt32> {
    /// The greatest voxel.
    var greatest: UInt32 {
        withVoxels { voxels in
            var greatest: UInt32 = 0
            for place in 0..<voxels.count { greatest = max(greatest, voxels[place]) }
            return greatest
        }
    }
}
