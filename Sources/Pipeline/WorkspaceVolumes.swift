import SystemPackage
import VolumeFiles
import Volumes

extension RawSlab {
    /// The voxels as single-precision numbers, in the scanner's own units.
    func floats(voxelSize: VoxelSize? = nil) -> Volume<Float> {
        convert(to: Float.self, voxelSize: voxelSize)
    }
}

/// Volumes that the pipeline itself wrote, opened in process: their sums stand in receipts.
enum WorkspaceVolumes {
    /// The ingested scan in `file`.
    static func scan(_ file: FilePath) throws -> HDF5ScanReader {
        try HDF5ScanReader(trusted: file, dataset: "/exchange/data")
    }

    /// The pore mask in `file`: 1 in pores, 0 elsewhere.
    static func mask(_ file: FilePath) throws -> HDF5ScanReader {
        try HDF5ScanReader(trusted: file, dataset: "/mask")
    }
}
