public import Volumes

/// A pore-space mask of a sample.
public struct MaskRecord: Codable, Hashable, Sendable {
    /// The lattices a mask can be on.
    public enum Grid: String, Codable, Sendable, CaseIterable {
        /// The pair's: the mask of a HIGH scan has the shape of the pair's HIGH voxels.
        case pair
        /// The scan's own.
        case scan
    }

    /// The scan that was segmented.
    public let role: ScanRole
    /// The lattice it is on.
    public let grid: Grid
    /// The HDF5 file, relative to the workspace.
    public let file: String
    /// The mask inside it: 1 in pore space, 0 in solid.
    public let dataset: String
    /// The pores inside it, numbered from 1, if they were separated.
    public let labelsDataset: String?
    /// The extent, in voxels.
    public let shape: Shape
    /// The grey values that part the classes, rising.
    public let thresholds: [Double]
    /// How, as in `otsu`.
    public let method: String
    /// Everything that was set, by name.
    public let settings: [String: String]

    /// Gathers the facts.
    public init(
        role: ScanRole = .high, grid: Grid, file: String, dataset: String = "/mask",
        labelsDataset: String? = nil, shape: Shape, thresholds: [Double], method: String,
        settings: [String: String] = [:]
    ) {
        self.role = role
        self.grid = grid
        self.file = file
        self.dataset = dataset
        self.labelsDataset = labelsDataset
        self.shape = shape
        self.thresholds = thresholds
        self.method = method
        self.settings = settings
    }
}
