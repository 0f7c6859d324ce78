import Console
import SystemPackage
import VolumeFiles
import Volumes

/// Data of which nothing can be measured.
struct UselessMask: Error, CustomStringConvertible {
    let description: String
}

/// A whole scan in memory, and its voxel size: the given one or the file's.
func readScan(
    _ path: String, voxelSize edge: Double?
) throws -> (slab: RawSlab, voxelSize: VoxelSize?) {
    let reader = try openScan(ScanLocation(FilePath(path)))
    let size = try givenVoxelSize(edge) ?? reader.description.voxelSize?.size
    return (try reader.readAll(), size)
}

/// The cubic voxel that a user gave; `nil` if none was given.
func givenVoxelSize(_ edge: Double?) throws -> VoxelSize? {
    guard let edge else { return nil }
    guard (1e-6...1e9).contains(edge), let given = VoxelSize(micrometres: edge) else {
        throw CommandWasWrong(description: "a voxel size is a length from 1e-6 to 1e9 um")
    }
    return given
}

/// Writes a whole scan, which appears when it is complete.
func writeScan(
    _ slab: RawSlab, voxelSize: VoxelSize?, to output: String, overwrite: Bool
) throws {
    try writingScan(
        to: output, shape: slab.shape, elementType: slab.elementType, voxelSize: voxelSize,
        overwrite: overwrite
    ) { try $0.append(slab) }
}

/// Writes a scan by what `body` appends; it appears when it is complete.
func writingScan(
    to output: String, shape: Shape, elementType: ElementType, voxelSize: VoxelSize?,
    overwrite: Bool, _ body: (any ScanWriter) throws -> Void
) throws {
    let path = FilePath(output)
    let format = try outputFormat(at: path)
    let staged = try StagedOutput(for: path, format: format, overwriting: overwrite)
    let interruption = RemovalOnInterruption(removing: staged.folder)
    defer { withExtendedLifetime(interruption) {} }
    let writer = try createScan(
        at: staged.path, format: format, shape: shape, elementType: elementType,
        voxelSize: voxelSize, description: "made by tomopair segment")
    try body(writer)
    try writer.finish()
    try staged.publish()
}
