/// A smooth displacement over a box of LOW, spanned by cubic B-splines.
///
/// Control points lie on a regular lattice, one spacing beyond the box on every side, and weigh
///
///     u(p) = sum over l, m, n of  b_l(t_z) b_m(t_y) b_n(t_x) c_lmn,
///
/// where t = (p - lower) / (upper - lower) * (count - 3) along each axis and b is the uniform cubic
/// B-spline (Unser 1999, doi:10.1109/79.799930). As a free-form deformation of images it is that of
/// Rueckert et al. 1999, doi:10.1109/42.796284. The second derivatives are continuous in the box;
/// outside, the displacement of the nearest point of the box holds.
public struct SmoothDisplacement: Hashable, Sendable, Codable {
    /// Where the control points lie.
    public let lattice: ControlLattice
    /// The displacement of each control point (z, y, x in micrometres), x fastest, z slowest.
    public let coefficients: [SIMD3<Double>]

    /// A displacement with one coefficient for each control point.
    public init(lattice: ControlLattice, coefficients: [SIMD3<Double>]) {
        precondition(coefficients.count == lattice.points, "one coefficient for each control point")
        self.lattice = lattice
        self.coefficients = coefficients
    }

    /// The displacement of a point of LOW: both z, y, x in micrometres.
    ///
    /// To correct a registration, add it to a point that the registration takes from HIGH to LOW.
    /// To go back, subtract it: it changes so slowly that a correction of a micrometre is then off
    /// by nanometres.
    public func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let z = lattice.support(of: point, along: 0)
        let y = lattice.support(of: point, along: 1)
        let x = lattice.support(of: point, along: 2)
        var sum = SIMD3<Double>()
        for l in 0..<z.count {
            for m in 0..<y.count {
                let row = ((z.first + l) * lattice.counts[1] + y.first + m) * lattice.counts[2]
                var along = SIMD3<Double>()
                for n in 0..<x.count { along += coefficients[row + x.first + n] * x.weights[n] }
                sum += along * (z.weights[l] * y.weights[m])
            }
        }
        return sum
    }

    /// Decodes a displacement and checks that it has a coefficient for each control point.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        lattice = try values.decode(ControlLattice.self, forKey: .lattice)
        coefficients = try values.decode([SIMD3<Double>].self, forKey: .coefficients)
        guard lattice.isSound, coefficients.count == lattice.points else {
            throw DecodingError.dataCorruptedError(
                forKey: .coefficients, in: values,
                debugDescription: "A displacement has one coefficient for each control point.")
        }
    }
}
