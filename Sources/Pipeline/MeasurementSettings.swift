import Manifest
import Measurement
import PoreNetwork
import Segmentation

/// What is measured, and how what is costly is solved.
struct MeasurementSettings: Sendable {
    let choice: MeasurementChoice
    /// The names chosen, in order; `nil` for all there is, whatever that is in a version.
    let only: [String]?
    /// How diffusion and flow are solved; `nil` where they are not.
    let solving: SolvingSettings?
    /// What parts pores from each other, as in the segmentation; `nil` for prominence, and where it
    /// makes no difference.
    let partition: PorePartition?

    init(_ entry: MeasurementEntry, _ segmentation: SegmentationSettings) {
        choice = entry.choice.withPartSolved
        only = entry.only?.names.sorted()
        solving = choice.isSolved ? entry.solving.map(SolvingSettings.init) : nil
        partition =
            choice.names.isDisjoint(with: PoreMeasurement.network.names)
            ? nil : segmentation.partition
    }

    /// The measurements to make; the time that solving may take begins now.
    var measurements: [PoreMeasurement] {
        choice.measurements(
            solving: solving?.plan ?? SolverPlan(), partedBy: partition ?? .prominence)
    }
}
