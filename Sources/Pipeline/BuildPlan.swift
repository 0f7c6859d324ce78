import Dataset
import Manifest
import PoreNetwork
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
            case .simulated: .simulated(manifest.simulation)
            case .none: .none
            }
        laboratory = entry.laboratory
        registration = RegistrationSettings(entry.registration, alignment: entry.alignment)
        region = entry.region
        segmentation = SegmentationSettings(manifest.segmentation)
        measurement = MeasurementSettings(entry.measurement, segmentation)
        patches = PatchGrid(size: manifest.patches.size, stride: manifest.patches.stride)
    }
}

extension SamplePlan {
    /// Which voxels of HIGH belong to the sample, as it was taken in.
    ///
    /// - Throws: ``PipelineError/regionOutside(scan:)``.
    func fieldOfView(of ingest: IngestOutput) throws(PipelineError) -> FieldOfView {
        guard let region else { return .all }
        let shape = ingest.high.shape
        let field: FieldOfView
        switch region.plug {
        case .given(let plug):
            field = .cylinder(centreY: plug.y, centreX: plug.x, radius: plug.radius)
        case .find:
            guard let plug = ingest.plug else {
                preconditionFailure("ingest finds the plug, or fails")
            }
            field = plug.fieldOfView()
        case nil:
            guard
                let box = Region(
                    z: region.z ?? 0..<shape.depth, y: region.y ?? 0..<shape.height,
                    x: region.x ?? 0..<shape.width)
            else { throw .regionOutside(scan: shape) }
            field = .box(box)
        }
        guard field.bounds(in: shape) != nil else { throw .regionOutside(scan: shape) }
        return field
    }
}

extension SegmentationSettings {
    fileprivate init(_ settings: SegmentationEntry) {
        let denoising: Denoising =
            switch settings.denoise {
            case .median: .median3
            case .none: .none
            case .nonLocalMeans(let patch, let search, let strength):
                .nonLocalMeans(
                    NonLocalMeans(patchRadius: patch, searchRadius: search, strength: strength))
            case .diffusion(let steps, let edge):
                .anisotropicDiffusion(AnisotropicDiffusion(iterations: steps, edge: edge))
            }
        let threshold: Threshold =
            switch settings.threshold {
            case .otsu: .otsu
            case .value(let grey): .fixed(grey)
            case .otsuPhases(let hasMicroporous, let hasDense):
                .otsuPhases(PhaseNames(hasMicroporous: hasMicroporous, hasDense: hasDense))
            case .values(let microporous, let solid, let dense):
                .phases(PhaseThresholds(microporous: microporous, solid: solid, dense: dense))
            }
        let partition: PorePartition? =
            switch settings.partition {
            case .prominence: nil
            case .snow: .snow
            case .porespy: .porespy
            }
        let cleans = settings.holesBelow > 0 || settings.islandsBelow > 0
        let corrects = settings.correctsDrift || settings.cuppingDegree > 0
        self.init(
            denoising: denoising, threshold: threshold,
            porePhase: settings.pores == .dark ? .darker : .brighter,
            cleanUp: cleans
                ? CleanUp(
                    holesBelowVoxels: settings.holesBelow,
                    islandsBelowVoxels: settings.islandsBelow) : nil,
            corrections: corrects
                ? CorrectionSettings(
                    sliceDrift: settings.correctsDrift, cuppingDegree: settings.cuppingDegree)
                : nil,
            watershed: settings.boundary == .gradient ? GradientWatershed() : nil,
            partition: partition)
    }
}

extension SamplePlan.ScanSource {
    fileprivate init(_ entry: ScanEntry) {
        location = ScanLocation(
            entry.path, dataset: entry.dataset, root: entry.root, allowsGaps: entry.allowsGaps)
        path = entry.written
        voxelSize =
            switch entry.voxelSize {
            case .inFile: .inFile
            case .given(let size): .given(size)
            case .unknown: .unknown
            }
    }
}
