public import Transport
import Volumes

/// On what part of a pore space equations are solved, and for how long.
public struct SolverPlan: Sendable {
    /// The edge of a cube in the middle of the field of view that is solved, in voxels, as far as the
    /// field of view goes; `nil` for all of it.
    public let edge: Int?
    /// What lies beyond that part, for flow.
    public let boundary: FlowBoundary
    /// Whether voxels are cut into eight and solved again, to tell how far their size moves the answer.
    public let refines: Bool
    /// What is solved.
    public let equations: Set<SolvedEquation>
    /// Asked before every step of a solver; where it says no, there is no answer.
    public let mayContinue: @Sendable () -> Bool

    /// A plan; diffusion and flow, in all of the field of view, in a sealed holder, without limit
    /// unless told.
    public init(
        edge: Int? = nil, boundary: FlowBoundary = .sealed, refines: Bool = false,
        equations: Set<SolvedEquation> = Set(SolvedEquation.allCases),
        mayContinue: @escaping @Sendable () -> Bool = { true }
    ) {
        precondition((edge ?? 1) > 0, "a part has voxels")
        self.edge = edge
        self.boundary = boundary
        self.refines = refines
        self.equations = equations
        self.mayContinue = mayContinue
    }

    /// The same plan for fewer equations.
    func solving(only equations: Set<SolvedEquation>) -> SolverPlan {
        SolverPlan(
            edge: edge, boundary: boundary, refines: refines,
            equations: self.equations.intersection(equations), mayContinue: mayContinue)
    }

    /// The box that is solved: of a plug, one inside it.
    func part(of bounds: Region, _ fieldOfView: FieldOfView) -> Region {
        var inside = bounds
        if case .cylinder(let centreY, let centreX, let radius) = fieldOfView {
            let half = radius / 2.0.squareRoot()
            func range(_ centre: Double, _ limits: Range<Int>) -> Range<Int> {
                let lower = Int((centre - half).rounded(.up))
                return (lower..<max(lower + 1, Int((centre + half).rounded(.down)))).clamped(
                    to: limits)
            }
            let (rows, columns) = (range(centreY, bounds.rows), range(centreX, bounds.columns))
            inside = Region(z: bounds.slices, y: rows, x: columns) ?? bounds
        }
        guard let edge else { return inside }
        func middle(_ range: Range<Int>) -> (Int, Int) {
            let extent = min(edge, range.count)
            return (range.lowerBound + (range.count - extent) / 2, extent)
        }
        let (z, y, x) = (middle(inside.slices), middle(inside.rows), middle(inside.columns))
        return Region(
            z: z.0, y: y.0, x: x.0, shape: Shape(depth: z.1, height: y.1, width: x.1))
    }
}
