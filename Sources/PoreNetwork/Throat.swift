/// Where two pores share faces. Lengths are in voxels.
///
/// Two pores have one throat, also where they touch in several places.
public struct Throat: Hashable, Sendable {
    /// The lesser label of the two.
    public let first: UInt32
    /// The greater label.
    public let second: UInt32
    /// The faces between the two across z, y and x.
    public let faceCounts: SIMD3<Int>
    /// The same, those that lead from the second pore to the first, in the direction of the axis, taken
    /// as negative: the throat's area as a vector, from the first pore to the second.
    public let vectorArea: SIMD3<Int>
    /// The mean of the faces' centres (z, y, x), measured from the volume's corner.
    public let centre: SIMD3<Double>
    /// The radius of the greatest ball without solid that both voxels of a face hold around
    /// themselves: the greatest, over the throat's faces, of the lesser distance of the two, less half
    /// a voxel as in ``Pore/inscribedRadius``.
    public let inscribedRadius: Double

    /// All faces.
    public var faceCount: Int { faceCounts.wrappedSum() }

    /// The length of ``vectorArea``: the area of a flat throat however it is turned, and for a bent
    /// one that of its rim's flat cover. A count of faces is up to √3 times as much.
    public var area: Double {
        let squares = vectorArea &* vectorArea
        return Double(squares.wrappedSum()).squareRoot()
    }

    /// The diameter of the disc of ``area``.
    public var equivalentDiameter: Double { 2 * (area / .pi).squareRoot() }
}
