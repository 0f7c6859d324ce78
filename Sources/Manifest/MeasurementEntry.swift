public import Measurement

/// Which measurements are made of a sample, and how what is costly is solved.
public struct MeasurementEntry: Equatable, Sendable {
    /// How diffusion and flow are solved.
    public struct Solving: Equatable, Sendable {
        /// What lies beyond the part solved.
        public enum Flow: String, Sendable, CaseIterable {
            case sealed, mirrored, periodic
        }

        /// The edge of the cube in the middle that is solved, in voxels of HIGH; `nil` for all of it.
        public let edge: Int?
        /// How long it may take, in minutes a sample; what is not done by then is left out.
        public let minutes: Double?
        /// What lies beyond the part solved, for flow.
        public let flow: Flow
    }

    /// What is to be found; `nil` for all there is, solved or not as ``solving`` says.
    public let only: MeasurementChoice?
    /// How diffusion and flow are solved; `nil` where they are not.
    public let solving: Solving?

    /// What is to be found.
    public var choice: MeasurementChoice {
        only ?? (solving == nil ? .unsolved : .everything)
    }

    /// All that is found without solving.
    public static let standard = MeasurementEntry(only: nil, solving: nil)
}
