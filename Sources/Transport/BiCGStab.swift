/// BiCGStab (van der Vorst 1992, doi:10.1137/0913035) on Stokes' equations, preconditioned from the
/// right.
struct BiCGStab {
    private var system: StokesSystem
    private let forces: [Double]
    private let norm: Double
    /// Velocities, then pressures.
    private(set) var solution: [Double]
    /// The norm of the residual, relative to that of the forces.
    private(set) var relativeResidual = 1.0

    private var residual: [Double]
    private var shadow: [Double] = []
    private var direction: [Double] = []
    /// What the matrix makes of the preconditioned direction.
    private var image: [Double] = []
    private var preconditioned: [Double]
    private var work: [Double]
    private var (rho, alpha, omega) = (1.0, 1.0, 1.0)

    /// Begins at `guess`.
    init(_ system: consuming StokesSystem, forces: [Double], guess: consuming [Double]) {
        norm = dot(forces, forces).squareRoot()
        solution = guess
        residual = []
        preconditioned = [Double](repeating: 0, count: forces.count)
        work = preconditioned
        self.forces = forces
        self.system = system
        restart()
    }

    /// Takes the residual anew from the solution, free of what rounding has added to it, and begins
    /// from there.
    mutating func restart() {
        system.apply(solution, into: &work)
        residual = forces
        add(-1, work, to: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
        shadow = residual
        direction = [Double](repeating: 0, count: residual.count)
        image = direction
        (rho, alpha, omega) = (1, 1, 1)
    }

    /// The fluxes through the layers across an axis.
    func fluxes(along axis: FlowAxis) -> [Double] { system.fluxes(solution, along: axis) }

    /// Makes one iteration: two applications of the matrix and of the preconditioner.
    mutating func step() {
        let product = dot(shadow, residual)
        let beta = product / rho * (alpha / omega)
        rho = product
        add(-omega, image, to: &direction)
        scale(&direction, by: beta, adding: residual)
        system.precondition(direction, into: &preconditioned, work: &work)
        system.apply(preconditioned, into: &image)
        alpha = rho / dot(shadow, image)
        add(alpha, preconditioned, to: &solution)
        add(-alpha, image, to: &residual)
        system.precondition(residual, into: &preconditioned, work: &work)
        system.apply(preconditioned, into: &work)
        omega = dot(work, residual) / dot(work, work)
        add(omega, preconditioned, to: &solution)
        add(-omega, work, to: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
        // The shadow has become orthogonal to the residual.
        if !relativeResidual.isFinite || abs(dot(shadow, residual)) < 1e-30 * norm * norm {
            restart()
        }
    }
}
