public import Volumes

/// What the catalog holds about one scan.
public struct ScanRecord: Codable, Hashable, Sendable {
    /// Which of the sample's two.
    public let role: ScanRole
    /// Scanned, or simulated from the HIGH scan.
    public let origin: ScanOrigin
    /// The scan as the manifest names it; `nil` for a simulated one.
    public let path: String?
    /// The dataset inside `path`, for HDF5.
    public let dataset: String?
    /// The format of `path`, as in `tiff`.
    public let format: String?
    /// The SHA-256 of the source's bytes, 64 lower-case hexadecimal digits.
    public let sha256: String?
    /// Our own copy, relative to the workspace; its voxels are in `/exchange/data`.
    public let file: String
    /// The extent, in voxels.
    public let shape: Shape
    /// The number format of the voxels.
    public let elementType: ElementType
    /// The edge lengths of a voxel.
    public let voxelSize: VoxelSize?
    /// Where the voxel size came from: the manifest, or a file and key.
    public let voxelSizeSource: String
    /// The grey values mapped to 0 and 1 by normalisation.
    public let intensityWindow: ClosedRange<Double>?
    /// What ingest noticed: `saturated`, `constant`, `not_finite`; sorted.
    public let flags: [String]
    /// Facts the file carried, keys as it spells them.
    public let metadata: [String: String]

    /// Gathers the facts.
    public init(
        role: ScanRole, origin: ScanOrigin, path: String?, dataset: String? = nil,
        format: String? = nil, sha256: String? = nil, file: String, shape: Shape,
        elementType: ElementType, voxelSize: VoxelSize?, voxelSizeSource: String,
        intensityWindow: ClosedRange<Double>? = nil, flags: [String] = [],
        metadata: [String: String] = [:]
    ) {
        self.role = role
        self.origin = origin
        self.path = path
        self.dataset = dataset
        self.format = format
        self.sha256 = sha256
        self.file = file
        self.shape = shape
        self.elementType = elementType
        self.voxelSize = voxelSize
        self.voxelSizeSource = voxelSizeSource
        self.intensityWindow = intensityWindow
        self.flags = flags.sorted()
        self.metadata = metadata
    }
}
