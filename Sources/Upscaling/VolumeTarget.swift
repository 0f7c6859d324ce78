import SystemPackage
import VolumeFiles
import Volumes
import Workspace

/// A volume to be written in its own format, which appears as a whole.
struct VolumeTarget {
    let path: FilePath
    let format: ScanFormat
    let shape: Shape
    let elementType: Volumes.ElementType
    let voxelSize: VoxelSize?
    let description: String
    let isOverwriting: Bool

    /// Throws now what would otherwise be thrown after hours: a place that cannot be written, a format
    /// that does not hold such a scan.
    func tryOut() throws(VolumeFileError) {
        _ = try begin()
    }

    /// Begins to write where nobody looks; ``StagedOutput/publish()`` moves it to its place.
    func begin() throws(VolumeFileError) -> (staged: StagedOutput, writer: any ScanWriter) {
        let staged = try StagedOutput(for: path, format: format, overwriting: isOverwriting)
        return (
            staged,
            try staged.createScan(
                shape: shape, elementType: elementType, voxelSize: voxelSize,
                description: description)
        )
    }

    /// Slabs of this many slices are written best.
    var slabDepth: Int {
        shape.slabDepth(elementType: elementType, multiple: format == .hdf5 ? 64 : 1)
    }
}
