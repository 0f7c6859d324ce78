import Volumes

/// The cubic voxel that a user gave; `nil` if none was given.
func givenVoxelSize(_ edge: Double?) throws -> VoxelSize? {
    guard let edge else { return nil }
    guard (1e-6...1e9).contains(edge), let given = VoxelSize(micrometres: edge) else {
        throw CommandWasWrong(description: "a voxel size is a length from 1e-6 to 1e9 um")
    }
    return given
}
