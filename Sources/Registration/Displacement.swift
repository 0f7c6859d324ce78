/// A smooth deformation of LOW, beside the transform: how far each point moves before it is taken
/// back to HIGH.
///
/// It is evaluated on every fourth voxel of the fine lattice along each axis, and linear between:
/// where it bends by less than 0.0016 HIGH voxels per fine voxel squared along every axis (one
/// voxel to and fro over 160, for example) it is met to a hundredth of a HIGH voxel.
public protocol Displacement: Sendable {
    /// No displacement is longer, in micrometres.
    var largestInMicrometres: Double { get }

    /// What is added to a point of LOW (z, y, x in micrometres), in micrometres.
    ///
    /// Asked for points of the lattice and for some up to four fine voxels beyond its end.
    func callAsFunction(_ pointInLow: SIMD3<Double>) -> SIMD3<Double>
}
