import Foundation

/// A pore of a network, or a grain: a region of voxels of one label. Lengths are in voxels.
public struct Pore: Hashable, Sendable {
    /// Its label in the volume of regions.
    public let label: UInt32
    /// Its voxels.
    public let voxelCount: Int
    /// The mean of its voxels' centres (z, y, x), measured from the volume's corner.
    public let centre: SIMD3<Double>
    /// The voxel (z, y, x) with the greatest distance to solid, the first in storage order of several.
    public let widestVoxel: SIMD3<Int>
    /// The radius of the greatest ball around a voxel of it that holds no solid: the distance of its
    /// widest voxel's centre to the nearest centre of a solid voxel, less half a voxel, as the solid
    /// begins at that voxel's face. Exact before a flat wall along the axes. Infinite without solid.
    ///
    /// The ball may reach into other pores.
    public let inscribedRadius: Double
    /// The faces it shares with solid.
    public let solidFaceCount: Int
    /// Whether it shares a face with what lies beyond the field of view, along an axis on which the
    /// volume is more than one voxel thick; it then is cut off, and its size not its own.
    public let touchesBoundary: Bool
    /// The pores it shares a throat with: its coordination number.
    public let neighbourCount: Int

    /// The diameter of the ball of its volume, (6 V / π)^(1/3).
    public var equivalentDiameter: Double { cbrt(6 * Double(voxelCount) / .pi) }

    /// The diameter of the disc of its area, 2 √(A / π); for images.
    public var equivalentDiameterInImage: Double { 2 * (Double(voxelCount) / .pi).squareRoot() }
}
