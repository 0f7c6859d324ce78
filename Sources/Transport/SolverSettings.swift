/// When a solution is good enough.
public struct SolverSettings: Hashable, Sendable {
    /// The largest residual, relative to that of no solution at all.
    public let tolerance: Double
    /// The largest difference of the flux through a layer from the mean of all, relative to it.
    public let fluxTolerance: Double
    /// The most iterations.
    public let maximumIterations: Int

    /// Tolerances between 0 and 1, and a positive number of iterations.
    ///
    /// - Throws: ``TransportError/invalidTolerance(_:)``.
    public init(
        tolerance: Double = 1e-6, fluxTolerance: Double = 1e-4, maximumIterations: Int = 1000
    ) throws(TransportError) {
        for value in [tolerance, fluxTolerance] where !(value > 0 && value < 1) {
            throw .invalidTolerance(value)
        }
        precondition(maximumIterations > 0, "a solver makes an iteration")
        self.tolerance = tolerance
        self.fluxTolerance = fluxTolerance
        self.maximumIterations = maximumIterations
    }

    private init() {
        (tolerance, fluxTolerance, maximumIterations) = (1e-6, 1e-4, 1000)
    }

    /// A residual of 1e-6 and fluxes equal to 1e-4, within 1000 iterations.
    public static let standard = SolverSettings()
}

/// How good a solution is.
public struct SolverOutcome: Hashable, Sendable {
    /// Iterations made.
    public let iterations: Int
    /// The residual, relative to that of no solution at all.
    public let relativeResidual: Double
    /// The largest difference of the flux through a layer from the mean of all, relative to it.
    public let fluxSpread: Double
}
