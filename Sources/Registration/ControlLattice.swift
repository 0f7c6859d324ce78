/// The control points of a ``SmoothDisplacement``: a regular lattice over a box of LOW.
public struct ControlLattice: Hashable, Sendable, Codable {
    /// The corners of the box: z, y, x in micrometres.
    public let lower, upper: SIMD3<Double>
    /// The number of control points along z, y, x: four or more, or one along an axis on which
    /// nothing depends.
    public let counts: SIMD3<Int>

    /// Control points over a box; `counts` are four or more where the box has an extent, else one.
    public init(lower: SIMD3<Double>, upper: SIMD3<Double>, counts: SIMD3<Int>) {
        (self.lower, self.upper, self.counts) = (lower, upper, counts)
        precondition(isSound, "a box and four control points along its sides, or one")
    }

    /// Whether the box and the counts go together.
    var isSound: Bool {
        (0..<3).allSatisfy { axis in
            lower[axis].isFinite && upper[axis].isFinite
                && (counts[axis] == 1
                    || (counts[axis] >= 4 && counts[axis] <= 1024 && upper[axis] > lower[axis]))
        }
    }

    /// The number of control points.
    public var points: Int { counts[0] * counts[1] * counts[2] }

    /// Consecutive control points along one axis, and how much each weighs.
    struct Support {
        let first: Int
        let count: Int
        let weights: SIMD4<Double>
    }

    /// The control points that a point of LOW depends on, along z, y and x.
    func supports(of point: SIMD3<Double>) -> [Support] {
        (0..<3).map { support(of: point, along: $0) }
    }

    /// The control points along one axis that a point of LOW depends on.
    func support(of point: SIMD3<Double>, along axis: Int) -> Support {
        let count = counts[axis]
        guard count > 1 else { return Support(first: 0, count: 1, weights: SIMD4(1, 0, 0, 0)) }
        let inside = min(max(point[axis], lower[axis]), upper[axis])
        let t = (inside - lower[axis]) / (upper[axis] - lower[axis]) * Double(count - 3)
        let first = min(Int(t), count - 4)
        return Support(
            first: first, count: 4, weights: ControlLattice.values(t - Double(first)))
    }

    /// The four cubic B-splines that are not zero at `t` in `0...1` of a span.
    static func values(_ t: Double) -> SIMD4<Double> {
        let s = 1 - t
        let (t2, s2) = (t * t, s * s)
        return SIMD4(s2 * s, 4 - 6 * t2 + 3 * t2 * t, 4 - 6 * s2 + 3 * s2 * s, t2 * t) / 6
    }

    /// Their first derivatives.
    static func slopes(_ t: Double) -> SIMD4<Double> {
        let s = 1 - t
        return SIMD4(-s * s, (3 * t - 4) * t, (4 - 3 * s) * s, t * t) / 2
    }

    /// Their second derivatives.
    static func curvatures(_ t: Double) -> SIMD4<Double> {
        SIMD4(1 - t, 3 * t - 2, 1 - 3 * t, t)
    }
}
