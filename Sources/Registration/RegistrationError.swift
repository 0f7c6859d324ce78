public import Volumes

/// A reason two scans cannot be registered at all.
///
/// A registration that was tried and is not to be trusted is no error: see
/// ``RegistrationResult/reason``.
public enum RegistrationError: Error, Equatable, CustomStringConvertible {
    /// One of the two scans of a pair.
    public enum Scan: String, Sendable {
        /// The coarse scan.
        case low = "LOW"
        /// The fine scan.
        case high = "HIGH"
    }

    /// The scan's voxel size is not known.
    case missingVoxelSize(Scan)
    /// All voxels have one value.
    case constant(Scan)
    /// Some voxels are NaN or infinite.
    case notFinite(Scan)
    /// The scan has too few voxels along an axis; `extents` are (z, y, x) at LOW's voxel size.
    case tooSmall(Scan, extents: SIMD3<Double>, required: Int)
    /// One scan is an image of one slice and the other a volume.
    case imageAgainstVolume(low: Shape, high: Shape)
    /// HIGH's voxels are larger than LOW's along some axis.
    case highIsCoarser(low: VoxelSize, high: VoxelSize)
    /// No whole voxel of LOW is covered by HIGH.
    case noOverlap

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .missingVoxelSize(let scan):
            "The voxel size of the \(scan.rawValue) scan is not known. Give it in the manifest or "
                + "on the command line."
        case .constant(let scan):
            "All voxels of the \(scan.rawValue) scan have the same value, so nothing in it can be "
                + "matched. Check that the right file was read and that it was not clipped."
        case .notFinite(let scan):
            "The \(scan.rawValue) scan has voxels that are NaN or infinite. Replace them, or crop "
                + "the scan to where it was reconstructed."
        case .tooSmall(let scan, let extents, let required):
            "The \(scan.rawValue) scan is \(tenths(extents[0])) x \(tenths(extents[1])) x "
                + "\(tenths(extents[2])) voxels of LOW's size; \(required) along every axis are needed to recognise a place. Crop "
                + "less, or check the two voxel sizes."
        case .imageAgainstVolume(let low, let high):
            "LOW is \(low) and HIGH is \(high): an image can only be registered with an image. "
                + "Give two volumes, or one slice of each."
        case .highIsCoarser(let low, let high):
            "HIGH has voxels of \(high), which are larger than LOW's of \(low). Check the voxel "
                + "sizes, or exchange the two scans."
        case .noOverlap:
            "HIGH does not cover a whole voxel of LOW. Check the registration and the voxel sizes."
        }
    }
}

/// A number with one digit behind the point, if that says anything.
private func tenths(_ value: Double) -> String {
    let rounded = (value * 10).rounded() / 10
    return rounded == rounded.rounded() ? String(Int(rounded)) : String(rounded)
}
