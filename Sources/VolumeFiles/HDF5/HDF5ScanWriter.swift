public import SystemPackage
public import Volumes

/// A scan being written as an HDF5 file of its own, at `/exchange/data`.
public final class HDF5ScanWriter: ScanWriter {
    private let file: HDF5FileWriter
    private let volume: any ScanWriter

    /// Creates the file; see ``HDF5FileWriter/addVolume(_:shape:elementType:voxelSize:originInMicrometres:description:)``.
    ///
    /// - Throws: ``VolumeFileError/cannotWrite(_:reason:)`` where the file exists already.
    public init(
        creating path: FilePath, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
        originInMicrometres: SIMD3<Double> = .zero, description: String
    ) throws(VolumeFileError) {
        file = try HDF5FileWriter(creating: path)
        volume = try file.addVolume(
            "/exchange/data", shape: shape, elementType: elementType, voxelSize: voxelSize,
            originInMicrometres: originInMicrometres, description: description)
    }

    /// Appends slices; slabs of any height give the same file.
    ///
    /// - Throws: ``VolumeFileError/noSpace(_:)`` or ``VolumeFileError/cannotWrite(_:reason:)``.
    public func append(_ slab: RawSlab) throws(VolumeFileError) {
        try volume.append(slab)
    }

    /// Completes and closes the file, and waits until the disk has it.
    public func finish() throws(VolumeFileError) {
        try volume.finish()
        try file.finish()
    }
}
