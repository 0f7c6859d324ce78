import Measurement
import SystemPackage
import Volumes

/// The result of the measure stage.
struct MeasureOutput: Codable, Sendable {
    /// What was computed from the mask.
    let parameters: [MeasuredParameter]
    /// Functions, point by point; none in what older versions left.
    var curves: [MeasuredCurve]?
    /// What there is not, and why.
    var skipped: [PoreFindings.Skipped]?
}

/// Measures the pore space of a sample, slab by slab.
struct MeasureStage {
    let fieldOfView: FieldOfView
    let settings: MeasurementSettings

    /// Bytes needed for a mask of `shape`, beside slabs.
    func memory(_ shape: Shape) -> Int {
        MeasurementRun.memory(for: settings.measurements, shape: shape)
    }

    func run(maskFile: FilePath) throws -> MeasureOutput {
        let reader = try WorkspaceVolumes.mask(maskFile)
        let scan = reader.description
        var run = try MeasurementRun(
            settings.measurements, shape: scan.shape, voxelSize: scan.voxelSize?.size,
            within: fieldOfView)
        let slabs = reader.slabs(
            depth: scan.shape.slabDepth(elementType: .uint8, byteBudget: 16 << 20, multiple: 64))
        while let (slab, _, _) = try slabs.next() {
            try Task.checkCancellation()
            run.add(slab.mask(where: 1))
        }
        let found = settings.choice.chosen(of: try run.findings())
        try Task.checkCancellation()
        return MeasureOutput(
            parameters: found.parameters, curves: found.curves, skipped: found.skipped)
    }
}
