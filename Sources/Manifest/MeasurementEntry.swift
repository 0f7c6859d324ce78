/// Which costly measurements are made of every sample, beside all others.
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

    /// How diffusion and flow are solved; `nil` where they are not.
    public let solving: Solving?

    /// Nothing is solved.
    public static let standard = MeasurementEntry(solving: nil)
}
