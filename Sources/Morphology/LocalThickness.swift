public import Volumes

/// The squared radius of the largest ball in the pore space that covers each voxel; 0 outside it.
///
/// The ball around voxel c is every voxel x with |x - c|^2 < d^2(c), d(c) being the distance from the
/// centre of c to that of the nearest voxel outside the pore space, so no ball leaves the pore space;
/// the local thickness of x is the largest d^2(c) of the balls it lies in (Hildebrand and Rüegsegger
/// 1997, doi:10.1046/j.1365-2818.1997.1340694.x). Radii are not rounded: the result is what trying every
/// ball for every voxel gives. As distances go from centre to centre, a radius is about half a voxel
/// longer than to the surface between voxels. What lies beyond the volume is neither pore nor solid; in
/// a mask without a false voxel every value is `UInt32.max`.
///
/// - Parameter mask: True in pore space.
/// - Precondition: As of ``squaredDistanceTransform(of:)``.
/// - Complexity: Linear in voxels but for the balls that are painted, of which a pore space has few that
///   lie in no other. Four bytes a voxel, the result's own, and twelve a ball.
public func localThickness(of mask: Mask) -> Volume<UInt32> {
    localThickness(from: squaredDistanceTransform(of: mask))
}

/// The squared radius of the largest ball in the pore space that covers each voxel, from the squared
/// distances of ``squaredDistanceTransform(of:)``; see ``localThickness(of:)``.
///
/// Takes the memory of the distances where the caller gives it up.
public func localThickness(from squaredDistances: consuming Volume<UInt32>) -> Volume<UInt32> {
    var thickness = squaredDistances
    let longest = thickness.withVoxels { distances in
        var longest: UInt32 = 0
        for place in 0..<distances.count { longest = max(longest, distances[place]) }
        return longest
    }
    if longest == .max { return thickness }
    // Where no larger ball reaches, a voxel's own is the largest: distances are a start.
    let balls = BallCentres(squaredDistances: thickness, longest: longest).inSlices()
    BallPainting(balls, in: thickness.shape).paint(&thickness)
    return thickness
}
