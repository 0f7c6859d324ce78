import Foundation
import Manifest
import Measurement
import Transport

/// How diffusion and flow are solved.
struct SolvingSettings: Codable, Sendable, Hashable {
    /// The edge of the cube in the middle that is solved, in voxels; `nil` for all of it.
    let edge: Int?
    /// How long it may take; `nil` without limit.
    let minutes: Double?
    /// What lies beyond the part solved.
    let flow: FlowBoundary

    init(_ entry: MeasurementEntry.Solving) {
        edge = entry.edge
        minutes = entry.minutes
        flow =
            switch entry.flow {
            case .sealed: .sealed
            case .mirrored: .mirrored
            case .periodic: .periodic
            }
    }

    /// The plan, whose time begins now.
    var plan: SolverPlan {
        let end = minutes.map { Date.now.addingTimeInterval($0 * 60) }
        return SolverPlan(edge: edge, boundary: flow) {
            !Task.isCancelled && end.map { Date.now < $0 } ?? true
        }
    }
}
