import Randomness
import Testing
import Volumes

@Suite struct `Spatial transform` {
    @Test func `a quarter turn about z takes x to y`() {
        let turn = SpatialTransform(
            rotationInDegrees: SIMD3(90, 0, 0), scale: 1, translation: SIMD3(0, 0, 0))
        let image = turn(SIMD3(0, 0, 1))
        #expect(distance(image, SIMD3(0, 1, 0)) < 1e-12)
    }

    @Test func `a quarter turn about x takes y to z`() {
        let turn = SpatialTransform(
            rotationInDegrees: SIMD3(0, 0, 90), scale: 1, translation: SIMD3(0, 0, 0))
        #expect(distance(turn(SIMD3(0, 1, 0)), SIMD3(1, 0, 0)) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<50)
    func `gives back its rotation, scale and shift`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let axis = SIMD3<Double>.random(in: -1...1, using: &generator)
        let angle = Double.random(in: 0...179, using: &generator)
        let rotation = axis / (axis * axis).sum().squareRoot() * angle
        let scale = Double.random(in: 0.5...2, using: &generator)
        let translation = SIMD3<Double>.random(in: -100...100, using: &generator)
        let transform = SpatialTransform(
            rotationInDegrees: rotation, scale: scale, translation: translation)
        #expect(distance(transform.rotationInDegrees, rotation) < 1e-6)
        #expect(abs(transform.scale - scale) < 1e-12)
        #expect(transform.translation == translation)
        let point = SIMD3<Double>.random(in: -100...100, using: &generator)
        #expect(distance(transform.inverse(transform(point)), point) < 1e-9)
        #expect(
            distance(transform.after(transform)(point), transform(transform(point))) < 1e-9)
    }

    @Test func `half a turn keeps its axis`() {
        for axis in [SIMD3<Double>(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)] {
            let turn = RotationVector(degrees: axis * 180)
            #expect(distance(RotationVector(matrix: turn.matrix).degrees, axis * 180) < 1e-9)
        }
    }

    private func distance(_ a: SIMD3<Double>, _ b: SIMD3<Double>) -> Double {
        ((a - b) * (a - b)).sum().squareRoot()
    }
}
