/// A scan that is read box by box, as numbers, wherever its voxels lie: in memory or on disk.
///
/// Kernels that take one hold only the boxes they ask for, so a scan may be larger than memory.
public protocol ScanSource: Sendable {
    /// The extent of the scan.
    var shape: Shape { get }
    /// The physical edges of a voxel, where known.
    var voxelSize: VoxelSize? { get }

    /// The voxels of a box that lies inside the scan, in the grey values of the scan.
    ///
    /// - Throws: What reading throws; nothing for a scan in memory.
    func floats(in region: Region) throws -> Volume<Float>
}

extension Volume: ScanSource where Element == Float {
    /// A copy of the voxels of a box, or the volume itself if the box is all of it.
    public func floats(in region: Region) -> Volume<Float> { cropped(to: region) }
}
