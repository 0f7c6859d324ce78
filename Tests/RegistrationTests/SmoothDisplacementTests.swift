import Foundation
import Registration
import Testing

@testable import struct Registration.BlockLattice
@testable import struct Registration.CholeskyFactor
@testable import struct Registration.SplineModes
@testable import struct Registration.SymmetricMatrix

@Suite struct `Smooth displacement` {
    private let lattice = ControlLattice(
        lower: SIMD3(100, 0, -50), upper: SIMD3(400, 90, 50), counts: SIMD3(6, 4, 5))

    /// A displacement whose coefficients are a function of the control points' positions.
    private func displacement(_ value: (SIMD3<Double>) -> SIMD3<Double>) -> SmoothDisplacement {
        let spacing = (lattice.upper - lattice.lower) / SIMD3<Double>(lattice.counts &- 3)
        var coefficients: [SIMD3<Double>] = []
        for z in 0..<6 {
            for y in 0..<4 {
                for x in 0..<5 {
                    let steps = SIMD3(Double(z - 1), Double(y - 1), Double(x - 1))
                    coefficients.append(value(lattice.lower + steps * spacing))
                }
            }
        }
        return SmoothDisplacement(lattice: lattice, coefficients: coefficients)
    }

    @Test func `of control points that move linearly is linear`() {
        func line(_ p: SIMD3<Double>) -> SIMD3<Double> { SIMD3(p[0] + 2, p[2] - p[1], 3) }
        let displacement = displacement(line)
        for point in [SIMD3(100.0, 0, -50), SIMD3(233, 71, 12), SIMD3(400, 90, 50)] {
            // Rounding only.
            #expect((displacement(point) - line(point)).max() < 1e-10)
            #expect((displacement(point) - line(point)).min() > -1e-10)
        }
    }

    @Test func `bends without a kink between spans`() {
        let displacement = displacement { SIMD3(sin($0[0] / 40), 0, 0) }
        let (knot, step) = (200.0, 1e-3)
        func u(_ z: Double) -> Double { displacement(SIMD3(z, 45, 0))[0] }
        let before = (u(knot) - 2 * u(knot - step) + u(knot - 2 * step)) / (step * step)
        let after = (u(knot + 2 * step) - 2 * u(knot + step) + u(knot)) / (step * step)
        // A second difference of numbers near one, over steps of 1e-3, is known to some 1e-9.
        #expect(abs(before - after) < 1e-7)
        #expect(abs(before) > 1e-6)
    }

    @Test func `outside its box is that of the nearest point`() {
        let displacement = displacement { SIMD3($0[0], $0[1] * $0[2], 1) }
        #expect(displacement(SIMD3(50, 40, 900)) == displacement(SIMD3(100, 40, 50)))
    }

    @Test func `is not read from a file that lacks control points`() throws {
        let whole = try JSONEncoder().encode(displacement { $0 })
        var object = try #require(
            try JSONSerialization.jsonObject(with: whole) as? [String: Any])
        object["coefficients"] = [[0, 0, 0]]
        let cut = try JSONSerialization.data(withJSONObject: object)
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode(SmoothDisplacement.self, from: cut)
        }
    }

    @Test func `is spanned by Legendre's polynomials with their bending energies`() {
        let modes = SplineModes(
            ControlLattice(
                lower: SIMD3(), upper: SIMD3(1, 0, 0), counts: SIMD3(4, 1, 1)))
        let energy = modes.bendingEnergy(stiffness: SIMD3(repeating: 1))
        // sqrt(5) (6t^2 - 6t + 1) bends by 12 sqrt(5), the cubic by sqrt(7) (120t - 60).
        for (mode, expected) in [0, 0, 720, 8400.0].enumerated() {
            #expect(abs(energy.entries[mode * 5] - expected) < 1e-6)
        }
    }

    @Test func `solves positive definite equations only`() throws {
        var matrix = SymmetricMatrix(order: 2)
        matrix.entries = [4, 2, 0, 3]
        let factor = try #require(CholeskyFactor(matrix))
        let solution = factor.solve([8, 8])
        #expect(abs(solution[0] - 1) < 1e-15 && abs(solution[1] - 2) < 1e-15)
        #expect(abs(factor.logDeterminant - log(8)) < 1e-15)
        #expect(matrix([1, 2]) == [8, 8])
        matrix.entries = [1, 2, 0, 3]
        #expect(CholeskyFactor(matrix) == nil)
    }

    @Test func `knows the layers of blocks, with a hole or without`() {
        let positions = BlockField(SIMD3(2, 3, 4), seed: 1).blocks.map(\.position)
        let lattice = BlockLattice(positions)
        #expect(lattice.layers == SIMD3(2, 3, 4))
        #expect(lattice.halves.map(\.count) == [12, 12])
        #expect(lattice.neighbours.map(\.count) == [12, 16, 18])
        let holed = BlockLattice(Array(positions.dropFirst(5)))
        #expect(holed.layers == SIMD3(2, 3, 4))
        #expect(holed.indices == Array(lattice.indices.dropFirst(5)))
    }
}
