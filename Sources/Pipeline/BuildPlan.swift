import Dataset
import Manifest
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

extension SamplePlan {
    /// What `entry` of `manifest` asks for.
    init(_ entry: SampleEntry, in manifest: Manifest) {
        id = entry.id
        material = entry.material
        scale = entry.scale
        high = ScanSource(entry.high)
        low =
            switch entry.low {
            case .scan(let scan): .scan(ScanSource(scan))
            case .simulated: .simulated(seed: manifest.simulation.seed)
            case .none: .none
            }
        laboratory = entry.laboratory
        alignment = entry.alignment?.transform
        fieldOfView = entry.fieldOfView
        segmentation = manifest.segmentation
        patches = manifest.patches
    }
}

extension SamplePlan.ScanSource {
    fileprivate init(_ entry: ScanEntry) {
        location = ScanLocation(
            entry.path, dataset: entry.dataset, root: entry.root, allowsGaps: entry.allowsGaps)
        path = entry.written
        voxelSize = entry.voxelSize
    }
}
