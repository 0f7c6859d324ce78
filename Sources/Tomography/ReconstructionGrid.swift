public import Volumes

/// Where a scan is reconstructed: a box of voxels in the frame of the object.
public struct ReconstructionGrid: Hashable, Sendable {
    /// The extent in voxels.
    public let shape: Shape
    /// The voxel size; pixels of a slice are square and as large as those of the detector.
    public let voxelSize: VoxelSize
    /// The corner (z, y, x) of the first voxel in the object's frame, in micrometres.
    public let corner: SIMD3<Double>

    /// A box of voxels whose first corner is at `corner`.
    public init(
        shape: Shape, voxelSize: VoxelSize, corner: SIMD3<Double>
    ) throws(TomographyError) {
        let (height, width) = (voxelSize.heightInMicrometres, voxelSize.widthInMicrometres)
        guard abs(height - width) <= 1e-3 * width else {
            throw .pixelsNotSquare(heightInMicrometres: height, widthInMicrometres: width)
        }
        self.shape = shape
        self.voxelSize = voxelSize
        self.corner = corner
    }

    /// The middle (y, x) of a slice in the object's frame, in micrometres.
    public var middle: SIMD2<Double> {
        SIMD2(
            corner[1] + Double(shape.height) / 2 * voxelSize.heightInMicrometres,
            corner[2] + Double(shape.width) / 2 * voxelSize.widthInMicrometres)
    }
}
