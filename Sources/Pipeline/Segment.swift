import Measurement
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

/// The result of the segment stage; the mask and the labels lie in `mask.h5`.
struct SegmentOutput: Codable, Sendable {
    /// The grey values that part pore from solid, of the denoised scan.
    let thresholds: [Double]
    /// Otsu's threshold of the scan as it is, to compare with other programs.
    let rawThreshold: Double?
    /// Otsu's measure of how well the threshold parts two phases, 0...1.
    let separability: Double?
    /// Pore voxels over voxels in view, 0...1.
    let porosity: Double
    /// Pores after the watershed.
    let pores: Int
    /// Voxels in view.
    let voxels: Int
    /// The phases, where more than two are told.
    var phases: PhaseShares?
    /// What was taken out of the grey values first, where that was asked for.
    var correction: GreyCorrection?
    /// What the watershed of the gradient did, where that was asked for.
    var flood: GradientWatershed.Report?
    /// What the clean-up took out, where that was asked for.
    var removed: CleanUp.Removed?
    /// What a user should know.
    let notes: [String]

    /// The file of the mask and the labels.
    static let fileName = "mask.h5"
}

/// Parts HIGH into pores and solid, in memory.
struct SegmentStage {
    let settings: SegmentationSettings
    let fieldOfView: FieldOfView

    func run(high: any ScanReader, voxelSize: VoxelSize?, in folder: StageFolder) throws
        -> SegmentOutput
    {
        guard fieldOfView.bounds(in: high.description.shape) != nil else {
            throw PipelineError.regionOutside(scan: high.description.shape)
        }
        let result = try segment(
            try high.readAll(), voxelSize: voxelSize, within: fieldOfView, settings: settings)
        try Task.checkCancellation()
        guard (1..<result.voxelCount).contains(result.poreVoxelCount) else {
            throw PipelineError.onePhase(
                thresholds: result.thresholds, isPore: result.poreVoxelCount > 0)
        }
        try folder.write(SegmentOutput.fileName) { temporary in
            let file = try HDF5FileWriter(creating: temporary)
            let shape = result.mask.shape
            let mask = try file.addVolume(
                "/mask", shape: shape, elementType: .uint8, voxelSize: voxelSize,
                description: "pore space of the HIGH scan: 1 in pores, 0 in solid and out of view")
            try mask.append(RawSlab(result.mask.map { $0 ? UInt8(1) : 0 }))
            try mask.finish()
            if let phases = result.phases {
                let volume = try file.addVolume(
                    "/phases", shape: shape, elementType: .uint8, voxelSize: voxelSize,
                    description:
                        "phases of the HIGH scan: 1 pore, 2 micro-porous, 3 solid, 4 dense, "
                        + "0 out of view")
                try volume.append(RawSlab(phases.volume))
                try volume.finish()
            }
            let labels = try file.addVolume(
                "/labels", shape: shape, elementType: .uint32, voxelSize: voxelSize,
                description: "pores of the HIGH scan: 1 to n by watershed, 0 elsewhere")
            try labels.append(RawSlab(result.labels))
            try labels.finish()
            try file.finish()
        }
        var notes: [String] = []
        if result.contrast?.looksLikeOnePhase == true {
            notes.append("the grey values look like one phase; the threshold may mean nothing")
        }
        if result.clampedVoxels > 0 {
            notes.append(
                "\(result.clampedVoxels) voxels were corrected to the end of what their format holds"
            )
        }
        return SegmentOutput(
            thresholds: result.thresholds, rawThreshold: result.rawThreshold,
            separability: result.contrast?.separability, porosity: result.porosity,
            pores: result.poreCount, voxels: result.voxelCount,
            phases: result.phases.map(PhaseShares.init), correction: result.correction,
            flood: result.flood, removed: result.removed, notes: notes)
    }
}
