import Measurement
import SystemPackage
import Volumes

/// The result of the measure stage.
struct MeasureOutput: Codable, Sendable {
    /// What was computed from the mask.
    let parameters: [MeasuredParameter]
}

/// Measures the pore space of a sample.
struct MeasureStage {
    let fieldOfView: FieldOfView

    func run(maskFile: FilePath) throws -> MeasureOutput {
        let mask = try WorkspaceVolumes.mask(maskFile)
        return MeasureOutput(parameters: try measurePores(of: mask, within: fieldOfView))
    }
}
