public import SystemPackage
public import Volumes

/// What a scan on disk is, before any voxel is read.
public struct ScanDescription: Sendable {
    /// The file format.
    public let format: ScanFormat
    /// Every file that carries voxels or facts about them, in slice order, sidecars last.
    public let files: [FilePath]
    /// The path inside an HDF5 file; `nil` for other formats.
    public let dataset: String?
    /// The extent in voxels; images have depth one.
    public let shape: Shape
    /// The number format as stored; readers deliver native byte order.
    public let elementType: ElementType
    /// The voxel size, where the file or a sidecar says it.
    public let voxelSize: FoundVoxelSize?
    /// Facts worth keeping: scanner settings, descriptions, axis names; keys as the file spells them.
    public let metadata: [String: String]
    /// What a user should know: gaps tolerated, bits expanded, equal colour channels merged.
    public let notes: [String]

    /// Gathers the facts.
    public init(
        format: ScanFormat, files: [FilePath], dataset: String? = nil, shape: Shape,
        elementType: ElementType, voxelSize: FoundVoxelSize?, metadata: [String: String] = [:],
        notes: [String] = []
    ) {
        self.format = format
        self.files = files
        self.dataset = dataset
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
        self.metadata = metadata
        self.notes = notes
    }
}

/// The file formats a scan can come in.
public enum ScanFormat: String, Sendable, Codable, CaseIterable {
    case tiff, hdf5, metaImage = "mhd", nrrd, raw, npy, png
}

/// A voxel size and where it was found.
public struct FoundVoxelSize: Hashable, Sendable {
    /// The size in micrometres.
    public let size: VoxelSize
    /// The file, key and raw text, as in `scan.log: Image Pixel Size (um)=2.25`.
    public let source: String

    /// A size with its source.
    public init(_ size: VoxelSize, source: String) {
        self.size = size
        self.source = source
    }
}
