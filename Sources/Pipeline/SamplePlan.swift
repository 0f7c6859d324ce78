import Dataset
import Manifest
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

/// What the manifest asks of one sample, in the pipeline's own terms.
struct SamplePlan: Sendable {
    let id: SampleID
    let material: String
    /// HIGH voxels along a LOW voxel in the pair.
    let scale: Int
    let high: ScanSource
    let low: LowSource
    let laboratory: [LaboratoryValue]
    /// How HIGH may lie in LOW.
    let registration: RegistrationSettings
    /// The part of HIGH that belongs to the sample; all if `nil`.
    let region: RegionOfInterest?
    let segmentation: SegmentationSettings
    let measurement: MeasurementSettings
    let patches: PatchGrid

    /// Whether the plug has to be found in HIGH.
    var findsPlug: Bool { region?.plug == .find }

    /// A scan as the manifest names it.
    struct ScanSource: Sendable {
        let location: ScanLocation
        /// The path as the manifest writes it.
        let path: String
        let voxelSize: DeclaredVoxelSize
    }

    /// What the manifest says of a voxel size.
    enum DeclaredVoxelSize: Hashable, Sendable, Codable {
        /// The file or a sidecar says it.
        case inFile
        /// The user says it.
        case given(VoxelSize)
        /// Nobody knows it; lengths stay in voxels.
        case unknown
    }

    /// Where the LOW scan comes from.
    enum LowSource: Sendable {
        case scan(ScanSource)
        case simulated(SimulationEntry)
        case none
    }
}
