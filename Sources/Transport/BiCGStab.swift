import Volumes

/// BiCGStab (van der Vorst 1992, doi:10.1137/0913035) on Stokes' equations, preconditioned from the
/// right.
///
/// The solution is in double precision, and so are the sums of every scalar product and matrix row.
/// All other vectors are stored in single precision: what is added to the solution is what the
/// matrix was applied to, to the bit, so that the residual that steers the iterations leaves the
/// solution's own by rounding only; ``restart()`` takes that anew.
struct BiCGStab {
    private var system: StokesSystem
    private let axis: Axis
    private let norm: Double
    private(set) var solution: FlowVector<Double>
    /// The norm of the residual, relative to that of the forces.
    private(set) var relativeResidual = 1.0

    /// The residual at which single precision has told all it can, counted from the last restart.
    private var renewal = 0.0

    private var residual: FlowVector<Float>
    private var shadow: FlowVector<Float>
    private var direction: FlowVector<Float>
    /// What the matrix makes of the preconditioned direction.
    private var image: FlowVector<Float>
    private var preconditioned: FlowVector<Float>
    private var work: FlowVector<Float>
    private var (rho, alpha, omega) = (1.0, 1.0, 1.0)

    /// Begins where the forces along `axis` alone would drive the velocities.
    init(_ system: consuming StokesSystem, along axis: Axis) {
        let grid = system.grid
        let system = system
        self.axis = axis
        norm = sumOverBlocks(0..<grid.faceCount) { faces in
            faces.reduce(0) { sum, face in
                let force = system.force(on: face, along: axis)
                return sum + force * force
            }
        }.squareRoot()
        solution = FlowVector(
            velocities: (0..<grid.faceCount).map { system.mobility(of: $0, along: axis) },
            pressures: Array(repeating: 0, count: grid.cellCount))
        residual = FlowVector(of: grid)
        shadow = FlowVector(velocities: [], pressures: [])
        (direction, image) = (FlowVector(of: grid), FlowVector(of: grid))
        preconditioned = FlowVector(of: grid)
        work = FlowVector(of: grid)
        self.system = system
        restart()
    }

    /// Takes the residual anew from the solution, free of what rounding has added to it, and begins
    /// from there.
    mutating func restart() {
        system.residual(of: solution, along: axis, into: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
        renewal = relativeResidual * 1e-7
        shadow = residual
        direction.clear()
        image.clear()
        (rho, alpha, omega) = (1, 1, 1)
    }

    /// The fluxes through the layers across an axis.
    func fluxes(along axis: Axis) -> [Double] { system.fluxes(solution, along: axis) }

    /// Makes one iteration: two applications of the matrix and of the preconditioner.
    mutating func step() {
        let product = dot(shadow, residual)
        let beta = product / rho * (alpha / omega)
        rho = product
        add(-omega, image, to: &direction)
        scale(&direction, by: beta, adding: residual)
        system.precondition(direction, into: &preconditioned, work: &work.velocities)
        system.apply(preconditioned, into: &image)
        alpha = rho / dot(shadow, image)
        add(alpha, preconditioned, to: &solution)
        add(-alpha, image, to: &residual)
        system.precondition(residual, into: &preconditioned, work: &work.velocities)
        system.apply(preconditioned, into: &work)
        omega = dot(work, residual) / dot(work, work)
        add(omega, preconditioned, to: &solution)
        add(-omega, work, to: &residual)
        relativeResidual = dot(residual, residual).squareRoot() / norm
        // The last asks whether the shadow has become orthogonal to the residual.
        if !relativeResidual.isFinite || relativeResidual < renewal
            || abs(dot(shadow, residual)) < 1e-30 * norm * norm
        {
            restart()
        }
    }
}
