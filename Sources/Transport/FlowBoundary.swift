/// What lies beyond the volume in which flow is solved.
public enum FlowBoundary: String, Codable, Sendable, CaseIterable {
    /// The volume again, on all sides; the fluid is driven by a body force. For pore spaces that
    /// repeat, and the only one that has the tensor's elements off its diagonal.
    case periodic
    /// The volume's mirror image, on all sides: pressures on the two faces across the axis, flow
    /// normal to them there, and no friction along the four sides. Of the tensor the diagonal; the
    /// other elements are zero by symmetry.
    case mirrored
    /// A sample in a sleeve: pressures on the two faces across the axis, flow normal to them there,
    /// and walls along the four sides, at which the fluid sticks.
    case sealed
}
