import Dataset
import Segmentation
import Volumes
import Workspace

/// What ingest found out about one scan of a sample.
struct ScanFacts: Codable, Sendable {
    /// The coarse or the fine one.
    let role: ScanRole
    /// Where it came from, as the manifest says it; for a simulated scan, the HIGH scan's path.
    let path: String
    /// The file format it came in.
    let format: String
    /// The dataset inside an HDF5 file.
    let dataset: String?
    /// The sum over the files it came in.
    let sha256: Digest
    /// The sum over shape, type and voxels, whatever the file format.
    let contentSHA256: Digest
    let shape: Shape
    let elementType: ElementType
    /// In micrometres; `nil` where the manifest says that nobody knows it.
    let voxelSize: VoxelSize?
    /// Where the voxel size was found.
    let voxelSizeSource: String
    /// Grey values, over all voxels.
    let intensity: IntensityFacts
    /// Whether this scan was made by the scanner simulation.
    let isSynthetic: Bool
    /// Facts of the scanner, as the files spell them.
    let metadata: [String: String]
    /// What a user should know.
    let notes: [String]
    /// The file in the stage's folder that holds the voxels at `/exchange/data`.
    var file: String { "\(role.rawValue).h5" }
}

/// The grey values of a scan in its own units.
struct IntensityFacts: Codable, Sendable {
    let minimum: Double
    let maximum: Double
    let mean: Double
    let standardDeviation: Double
    /// The robust window: what lies outside it is glare, dense minerals or noise.
    let windowLow: Double
    let windowHigh: Double
    /// Voxels in equal bins from minimum to maximum.
    let histogram: [Int]
    /// The share of voxels at the largest number their type can hold.
    let saturatedFraction: Double
}

/// The result of ingest: HIGH always, LOW unless the manifest says `low: none`.
struct IngestOutput: Codable, Sendable {
    let high: ScanFacts
    let low: ScanFacts?
    /// The plug in HIGH, where the manifest wants it found.
    var plug: Plug?
}
