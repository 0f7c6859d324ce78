import Foundation
import Randomness
import Testing
import Volumes

@testable import Registration

@Suite struct `Harmonics of directions` {
    /// Sums over 96 directions are integrals but for this; products of degree twelve come to 0.051.
    static let spread = 0.06

    @Test func `are orthonormal on the sphere`() {
        let basis = HarmonicBasis.sphere(directions: 96, degree: 6)
        #expect(basis.count == 49)
        #expect(basis.degrees == [0, 1, 4, 9, 16, 25, 36, 49])
        let worst = Self.worstProduct(basis)
        #expect(worst < Self.spread, "\(worst)")
        // With more points the sum nears the integral, so the functions themselves are orthonormal.
        let fine = Self.worstProduct(.sphere(directions: 9600, degree: 6))
        #expect(fine < 1e-3, "\(fine)")
    }

    @Test func `are orthogonal on the circle`() {
        let basis = HarmonicBasis.circle(directions: 24, degree: 8)
        #expect(basis.count == 17)
        #expect(basis.degrees == [0, 1, 3, 5, 7, 9, 11, 13, 15, 17])
        // Means of cosines and sines that are squared are one half.
        for i in 0..<17 {
            for j in 0..<17 {
                let mean = Self.product(basis, i, j)
                let wanted = i == j ? (i == 0 ? 1 : 0.5) : 0
                #expect(abs(mean - wanted) < 1e-6)
            }
        }
    }

    /// The mean of two functions' product: they hold their weight in it.
    static func product(_ basis: HarmonicBasis, _ i: Int, _ j: Int) -> Double {
        let n = basis.directions.count
        return (0..<n).reduce(0.0) {
            $0 + Double(basis.functions[i * n + $1]) * Double(basis.functions[j * n + $1])
        } * Double(n)
    }

    static func worstProduct(_ basis: HarmonicBasis) -> Double {
        var worst = 0.0
        for i in 0..<basis.count {
            for j in 0...i {
                worst = max(worst, abs(product(basis, i, j) - (i == j ? 1 : 0)))
            }
        }
        return worst
    }

    /// Lobes on the sphere, none narrower than degree four.
    struct Lobes {
        let lobes: [(direction: SIMD3<Double>, power: Int, weight: Double)]

        init(isImage: Bool, using generator: inout SplitMix64) {
            lobes = (0..<7).map { _ in
                var direction = SIMD3<Double>.random(in: -1...1, using: &generator)
                if isImage { direction[0] = 0 }
                return (
                    direction / direction.length, .random(in: 0...4, using: &generator),
                    .random(in: -1...1, using: &generator)
                )
            }
        }

        func callAsFunction(_ direction: SIMD3<Double>) -> Double {
            lobes.reduce(0) { sum, lobe in
                let cosine = (lobe.direction * direction).sum()
                return sum + lobe.weight * (0..<lobe.power).reduce(1) { p, _ in p * cosine }
            }
        }
    }

    /// For every degree the product of two functions' coefficients.
    static func products(
        _ basis: HarmonicBasis, _ f: (SIMD3<Double>) -> Double, _ g: (SIMD3<Double>) -> Double
    ) -> [Double] {
        let n = basis.directions.count
        func coefficients(_ f: (SIMD3<Double>) -> Double) -> [Double] {
            let values = basis.directions.map { f(SIMD3<Double>($0)) }
            return (0..<basis.count).map { function in
                (0..<n).reduce(0) { $0 + Double(basis.functions[function * n + $1]) * values[$1] }
            }
        }
        let (a, b) = (coefficients(f), coefficients(g))
        return (0..<(basis.degrees.count - 1)).map { degree in
            (basis.degrees[degree]..<basis.degrees[degree + 1]).reduce(0) { $0 + a[$1] * b[$1] }
        }
    }

    @Test(arguments: [false, true], UInt64(0)..<8)
    func `have products by degree that no turn and no mirror changes`(
        isImage: Bool, seed: UInt64
    ) {
        var generator = SplitMix64(seed: seed)
        let basis =
            isImage
            ? HarmonicBasis.circle(directions: 24, degree: 8)
            : HarmonicBasis.sphere(directions: 96, degree: 6)
        let f = Lobes(isImage: isImage, using: &generator)
        let g = Lobes(isImage: isImage, using: &generator)
        let plain = Self.products(basis, { f($0) }, { g($0) })
        let size = plain.map(abs).max() ?? 0
        for isMirrored in [false, true] {
            var turn = SIMD3<Double>.random(in: -180...180, using: &generator)
            if isImage { turn = SIMD3(turn[0], 0, 0) }
            let rotation = SpatialTransform(
                rotationInDegrees: turn, scale: 1, translation: SIMD3(0, 0, 0))
            func turned(_ direction: SIMD3<Double>) -> SIMD3<Double> {
                rotation(isMirrored ? direction * SIMD3(1, 1, -1) : direction)
            }
            let others = Self.products(basis, { f(turned($0)) }, { g(turned($0)) })
            let worst = zip(plain, others).map { abs($0 - $1) }.max() ?? 0
            #expect(worst < (isImage ? 1e-5 : Self.spread) * max(size, 0.1), "\(worst) of \(size)")
        }
        // Products of other functions are others.
        let h = Lobes(isImage: isImage, using: &generator)
        let others = Self.products(basis, { f($0) }, { h($0) })
        #expect(zip(plain, others).contains { abs($0 - $1) > 0.05 * size })
    }
}
