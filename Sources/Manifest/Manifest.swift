public import Dataset
public import SystemPackage
public import Volumes

/// The samples of a dataset and how to prepare them, as a user writes them in YAML.
///
/// `manifests/example.yaml` shows every key. All that one file can tell is checked when it is read,
/// and all problems are reported at once; whether the scans exist and what is in them is found out
/// later.
public struct Manifest: Equatable, Sendable {
    /// The file it came from.
    public let path: FilePath
    /// The dataset's name.
    public let name: String
    /// HIGH voxels along an edge of a LOW voxel, for samples that do not say their own, 1...8.
    public let scale: Int
    /// How samples are shared out.
    public let split: SplitEntry
    /// How pores are told from grains.
    public let segmentation: SegmentationEntry
    /// Which measurements are made, for samples that do not say it of themselves.
    public let measurement: MeasurementEntry
    /// How pairs are cut.
    public let patches: PatchEntry
    /// How HIGH may lie in LOW, for samples that do not say it of themselves.
    public let registration: RegistrationEntry
    /// How a missing LOW scan is made.
    public let simulation: SimulationEntry
    /// The samples, in the order of the file; at least one, ids unique.
    public let samples: [SampleEntry]
}

/// One sample of a manifest.
public struct SampleEntry: Equatable, Sendable {
    /// Its name.
    public let id: SampleID
    /// The rock, in words.
    public let material: String
    /// HIGH voxels along an edge of a LOW voxel, 1...8.
    public let scale: Int
    /// The coarse scan.
    public let low: LowScan
    /// The fine scan.
    public let high: ScanEntry
    /// What a laboratory measured.
    public let laboratory: [LaboratoryValue]
    /// Where a search for the alignment begins.
    public let alignment: StartingAlignment?
    /// How HIGH may lie in LOW: what the sample says, and what the dataset says for the rest.
    public let registration: RegistrationEntry
    /// Which measurements are made: what the sample says, and what the dataset says for the rest.
    public let measurement: MeasurementEntry
    /// The part of the HIGH scan to use, by the sample or, where it says nothing, by the dataset; `nil`
    /// for all of it.
    public let region: RegionOfInterest?
    /// The part of the split it is pinned to.
    public let split: SplitPart?
    /// Where it stands in the file, from 1.
    public let line: Int
}

/// Where a sample's coarse scan comes from.
public enum LowScan: Equatable, Sendable {
    /// A scan on disk.
    case scan(ScanEntry)
    /// The HIGH scan, made coarser; `low` is absent.
    case simulated
    /// Nowhere: the sample gives a mask and parameters only; `low: none`.
    case none
}

/// What a manifest says of a voxel size.
public enum VoxelSizeEntry: Equatable, Sendable {
    /// Nothing: the scan's file or a sidecar has to.
    case inFile
    /// The size.
    case given(VoxelSize)
    /// `voxel_size: unknown`: nobody knows it, and lengths stay in voxels.
    case unknown
}

/// A scan as a manifest names it.
public struct ScanEntry: Equatable, Sendable {
    /// A file, a folder of slices, or a glob: absolute, links in its folders resolved.
    public let path: FilePath
    /// The same as written, for messages and the catalog.
    public let written: String
    /// The folder it has to stay in, as have links and sidecars: absolute, links resolved.
    public let root: FilePath
    /// The dataset inside an HDF5 file.
    public let dataset: String?
    /// What the manifest says of the voxel size.
    public let voxelSize: VoxelSizeEntry
    /// Whether missing numbers in a folder of slices are taken as they are.
    public let allowsGaps: Bool
    /// Where it stands in the manifest, from 1.
    public let line: Int
}
