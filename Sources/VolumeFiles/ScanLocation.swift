public import SystemPackage

/// Where a scan is, and what the user said about it.
public struct ScanLocation: Hashable, Sendable {
    /// A file, a folder of slices, or a glob such as `scan/slice_*.tif`.
    public let path: FilePath
    /// The dataset inside an HDF5 file; `nil` to find the only one that fits.
    public let dataset: String?
    /// The folder that links and sidecars must stay in; by default the scan's own folder.
    public let root: FilePath?
    /// Whether missing numbers in a folder of slices are taken as they are.
    public let allowsGaps: Bool

    /// A scan at `path`.
    public init(
        _ path: FilePath, dataset: String? = nil, root: FilePath? = nil, allowsGaps: Bool = false
    ) {
        self.path = path
        self.dataset = dataset
        self.root = root
        self.allowsGaps = allowsGaps
    }
}
