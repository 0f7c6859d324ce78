public import Volumes

/// What is put on the stage: a grid of linear attenuation coefficients, made slice by slice.
///
/// The origin of its frame is the corner of the first voxel, lengths are micrometres, and outside
/// the grid there is air.
public struct ScanObject: Sendable {
    /// The extent of the grid.
    public let shape: Shape
    /// The voxel size; pixels of a slice are square.
    public let voxelSize: VoxelSize
    /// The attenuation of slice `z` in storage order, per micrometre. Called from several threads,
    /// and more than once for a slice that several blurred slices need.
    public let slice: @Sendable (_ z: Int) -> [Float]

    /// An object whose slices are made when they are needed.
    public init(
        shape: Shape, voxelSize: VoxelSize, slice: @escaping @Sendable (_ z: Int) -> [Float]
    ) throws(TomographyError) {
        let (height, width) = (voxelSize.heightInMicrometres, voxelSize.widthInMicrometres)
        guard abs(height - width) <= 1e-3 * width else {
            throw .pixelsNotSquare(heightInMicrometres: height, widthInMicrometres: width)
        }
        self.shape = shape
        self.voxelSize = voxelSize
        self.slice = slice
    }

    /// An object held in memory, in attenuation per micrometre.
    public init(_ volume: Volume<Float>, voxelSize: VoxelSize) throws(TomographyError) {
        let sliceCount = volume.shape.sliceCount
        try self.init(shape: volume.shape, voxelSize: voxelSize) { z in
            volume.withVoxels { voxels in
                let slice = voxels.extracting((z * sliceCount)..<((z + 1) * sliceCount))
                return (0..<sliceCount).map { slice[$0] }
            }
        }
    }
}
