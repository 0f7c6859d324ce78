/// Conjugate gradients with a multigrid cycle as preconditioner, on a conductance graph.
struct ConjugateGradients {
    private let graph: ConductanceGraph
    private var multigrid: GraphMultigrid
    /// The solution so far.
    private(set) var potentials: [Double]
    private var residual: [Double]
    private var direction: [Double]
    private var work: [Double]
    private var rho = 0.0
    private let norm: Double
    /// The norm of the residual, relative to that of the sources.
    private(set) var relativeResidual: Double

    init(
        _ graph: ConductanceGraph, _ multigrid: consuming GraphMultigrid, sources: [Double],
        guess: consuming [Double]
    ) {
        self.graph = graph
        self.multigrid = multigrid
        norm = dot(sources, sources).squareRoot()
        potentials = guess
        work = Array(repeating: 0, count: graph.count)
        graph.currents(potentials, into: &work)
        residual = sources
        add(-1, work, to: &residual)
        direction = Array(repeating: 0, count: graph.count)
        relativeResidual = dot(residual, residual).squareRoot() / norm
    }

    /// Makes one iteration.
    mutating func step() {
        multigrid.solve(residual, into: &work)
        let previous = rho
        rho = dot(residual, work)
        let beta = previous == 0 ? 0 : rho / previous
        scale(&direction, by: beta, adding: work)
        graph.currents(direction, into: &work)
        let alpha = rho / dot(direction, work)
        add(alpha, direction, to: &potentials)
        add(-alpha, work, to: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
    }
}
