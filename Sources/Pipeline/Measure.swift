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

/// Measures the pore space of a sample.
struct MeasureStage {
    let fieldOfView: FieldOfView

    func run(maskFile: FilePath) throws -> MeasureOutput {
        let mask = try WorkspaceVolumes.mask(maskFile)
        let found = try measurePores(of: mask, within: fieldOfView)
        return MeasureOutput(
            parameters: found.parameters, curves: found.curves, skipped: found.skipped)
    }
}
