/// Conjugate gradients with a multigrid cycle as preconditioner, on a network of conductors;
/// the vectors in single or double precision.
struct ConjugateGradients<Graph: SolvableConductors, Value: Real> {
    private var multigrid: GraphMultigrid<Graph>
    /// The solution so far.
    private(set) var potentials: [Value]
    private var residual: [Value]
    private var direction: [Value]
    private var work: [Value]
    /// The residual and what the cycle makes of it.
    private var narrow: (residual: [Float], correction: [Float])
    private var rho = 0.0
    private let norm: Double
    /// The norm of the residual, relative to that of the sources.
    private(set) var relativeResidual: Double

    init(
        _ multigrid: consuming GraphMultigrid<Graph>, sources: consuming [Value],
        guess: consuming [Value]
    ) {
        let graph = multigrid.fine
        self.multigrid = multigrid
        norm = dot(sources, sources).squareRoot()
        potentials = guess
        work = Array(repeating: Value(narrowing: 0), count: graph.count)
        graph.currents(potentials, into: &work)
        residual = sources
        add(-1, work, to: &residual)
        direction = Array(repeating: Value(narrowing: 0), count: graph.count)
        narrow.residual = Array(repeating: 0, count: graph.count)
        narrow.correction = narrow.residual
        relativeResidual = dot(residual, residual).squareRoot() / norm
    }

    /// Makes one iteration.
    mutating func step() {
        precondition()
        let previous = rho
        rho = dot(residual, work)
        let beta = previous == 0 ? 0 : rho / previous
        scale(&direction, by: beta, adding: work)
        multigrid.fine.currents(direction, into: &work)
        let alpha = rho / dot(direction, work)
        add(alpha, direction, to: &potentials)
        add(-alpha, work, to: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
    }

    /// Puts the cycle's answer to the residual into `work`.
    private mutating func precondition() {
        narrow.residual.updateRows(0..<residual.count) { [residual] rows, _, block in
            let residual = residual.span
            for i in rows { block[i - rows.lowerBound] = Float(residual[i].wide) }
        }
        multigrid.solve(narrow.residual, into: &narrow.correction)
        work.updateRows(0..<residual.count) { [correction = narrow.correction] rows, _, block in
            let correction = correction.span
            for i in rows { block[i - rows.lowerBound] = Value(narrowing: Double(correction[i])) }
        }
    }
}
