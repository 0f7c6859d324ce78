/// The smoothest fields that a lattice of control points can make, in the order of their waves.
///
/// Along each axis, the coefficients of mode k are a polynomial of degree k in the number of the
/// control point, and modes are orthonormal over the box, its side taken to be one; up to k = 3
/// they are Legendre's polynomials. A mode in space is a product of three, and of these only those
/// are kept whose degrees add up to no more than one axis has. A smooth drift needs no others, and
/// there are 20 of them instead of 64, or 56 instead of 216.
struct SplineModes: Sendable {
    let lattice: ControlLattice
    /// The degree along each axis of every mode.
    private let degrees: [SIMD3<Int>]
    private let axes: [AxisModes]

    init(_ lattice: ControlLattice) {
        self.lattice = lattice
        axes = (0..<3).map { AxisModes(lattice.counts[$0]) }
        let highest = lattice.counts.max() - 1
        var degrees: [SIMD3<Int>] = []
        for z in 0..<lattice.counts.x {
            for y in 0..<lattice.counts.y {
                for x in 0..<lattice.counts.z where z + y + x <= highest {
                    degrees.append(SIMD3(z, y, x))
                }
            }
        }
        self.degrees = degrees
    }

    /// The modes' values at positions, as rows of a model.
    func model(at positions: [SIMD3<Double>]) -> LinearModel {
        LinearModel(
            unknowns: degrees.count,
            rows: positions.flatMap { position in
                let values = zip(axes, lattice.supports(of: position)).map { $0.values(at: $1) }
                return degrees.map { values[0][$0.x] * values[1][$0.y] * values[2][$0.z] }
            })
    }

    /// The coefficients of control points, x fastest, that amplitudes of the modes add up to.
    func coefficients(_ amplitudes: [Double]) -> [Double] {
        let counts = lattice.counts
        var sum = [Double](repeating: 0, count: lattice.points)
        for (degree, amplitude) in zip(degrees, amplitudes) {
            for point in sum.indices {
                sum[point] +=
                    amplitude * axes[0].coefficients[degree.x][point / (counts.y * counts.z)]
                    * axes[1].coefficients[degree.y][point / counts.z % counts.y]
                    * axes[2].coefficients[degree.z][point % counts.z]
            }
        }
        return sum
    }

    /// The matrix P of the bending energy c'Pc of a field with amplitudes c, averaged over the box
    /// with its sides taken to be one, where the stiffness s may differ between the axes:
    ///
    ///     integral of  sum over axes a, b of  sqrt(s_a s_b) u_ab^2
    ///
    /// (Rueckert et al. 1999, doi:10.1109/42.796284, for s = 1). A field that is linear in z, y and
    /// x bends nothing and costs nothing.
    func bendingEnergy(stiffness: SIMD3<Double>) -> SymmetricMatrix {
        var energy = SymmetricMatrix(order: degrees.count)
        for row in degrees.indices {
            for column in row..<degrees.count {
                let (p, q) = (degrees[row], degrees[column])
                var sum = 0.0
                for a in 0..<3 {
                    for b in 0..<3 {
                        // u_ab differentiates twice along one axis, or once along each of two.
                        var product = (stiffness[a] * stiffness[b]).squareRoot()
                        for axis in 0..<3 {
                            let order = (axis == a ? 1 : 0) + (axis == b ? 1 : 0)
                            product *= axes[axis].products[order][p[axis]][q[axis]]
                        }
                        sum += product
                    }
                }
                energy.entries[row * degrees.count + column] = sum
            }
        }
        return energy
    }
}

/// The modes along one axis.
private struct AxisModes: Sendable {
    /// For each mode, the coefficients of the control points.
    let coefficients: [[Double]]
    /// For values, slopes and curvatures: the integrals of the products of two modes'.
    let products: [[[Double]]]

    init(_ count: Int) {
        let splines = AxisModes.splineProducts(count)
        func product(_ a: [Double], _ b: [Double], _ matrix: [[Double]]) -> Double {
            var sum = 0.0
            for i in a.indices { for j in b.indices { sum += a[i] * matrix[i][j] * b[j] } }
            return sum
        }
        var modes: [[Double]] = []
        for _ in 0..<count {
            // The next power of the control points' number, less its part in the modes before
            // (twice, for rounding), at length one.
            var mode = (0..<count).map { point in
                modes.last.map { $0[point] * (Double(point) - Double(count - 1) / 2) } ?? 1
            }
            for other in modes + modes {
                let part = product(mode, other, splines[0])
                for i in mode.indices { mode[i] -= part * other[i] }
            }
            let length = product(mode, mode, splines[0]).squareRoot()
            modes.append(mode.map { $0 / length })
        }
        coefficients = modes
        products = splines.map { matrix in
            modes.map { a in modes.map { b in product(a, b, matrix) } }
        }
    }

    /// The modes' values where splines have these weights.
    func values(at support: ControlLattice.Support) -> [Double] {
        coefficients.map { mode in
            (0..<support.count).reduce(0) { $0 + mode[support.first + $1] * support.weights[$1] }
        }
    }

    /// The integrals, over a side of length one, of the products of two splines, of their slopes
    /// and of their curvatures.
    private static func splineProducts(_ count: Int) -> [[[Double]]] {
        guard count > 1 else { return [[[1]], [[0]], [[0]]] }
        let none = [[Double]](repeating: [Double](repeating: 0, count: count), count: count)
        var products = [none, none, none]
        let spans = Double(count - 3)
        // Gauss and Legendre's four points are exact for the degrees up to six that occur.
        for (node, weight) in [
            (0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
            (-0.339_981_043_584_856_3, 0.652_145_154_862_546_1),
            (0.861_136_311_594_052_6, 0.347_854_845_137_453_9),
            (-0.861_136_311_594_052_6, 0.347_854_845_137_453_9),
        ] {
            let t = (1 + node) / 2
            let derivatives = [
                ControlLattice.values(t), ControlLattice.slopes(t) * spans,
                ControlLattice.curvatures(t) * (spans * spans),
            ]
            for (order, weights) in derivatives.enumerated() {
                for span in 0..<(count - 3) {
                    for i in 0..<4 {
                        for j in 0..<4 {
                            products[order][span + i][span + j] +=
                                weight / 2 / spans * weights[i] * weights[j]
                        }
                    }
                }
            }
        }
        return products
    }
}
