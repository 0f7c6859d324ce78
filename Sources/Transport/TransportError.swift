public import Volumes

/// A reason a pore space has no transport property that can be trusted.
public enum TransportError: Error, Equatable, CustomStringConvertible {
    /// The caller's budget ended before the solution was as good as asked for.
    case stopped(
        iterations: Int, relativeResidual: Double, required: Double, fluxSpread: Double)
    /// The solution did not become as good as asked for.
    case notConverged(
        iterations: Int, relativeResidual: Double, required: Double, fluxSpread: Double)
    /// More pore voxels than 32-bit places can tell apart.
    case tooLarge(Shape)
    /// A setting that makes no sense.
    case invalidTolerance(Double)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .stopped(let iterations, let residual, let required, let spread):
            """
            The budget ended after \(iterations) iterations, at a relative residual of \(residual) \
            (\(required) is required) and a flux that differs by \(spread) between layers. Give \
            more time, or a smaller part of the volume.
            """
        case .notConverged(let iterations, let residual, let required, let spread):
            """
            \(iterations) iterations reached a relative residual of \(residual) (\(required) is \
            required) and a flux that differs by \(spread) between layers. Allow more iterations \
            or a wider tolerance.
            """
        case .tooLarge(let shape):
            """
            A volume of \(shape) voxels has more places than this solver can number. Give a part \
            of it.
            """
        case .invalidTolerance(let tolerance):
            "A tolerance of \(tolerance) is not between 0 and 1. Give one such as 1e-6."
        }
    }
}
