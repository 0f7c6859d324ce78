import Foundation

/// A rotation as an axis times an angle, components ordered (z, y, x), right-handed in (x, y, z).
public struct RotationVector: Hashable, Sendable {
    /// The components (z, y, x), in degrees.
    public let degrees: SIMD3<Double>

    /// A rotation by the vector's length, in degrees, about its direction.
    public init(degrees: SIMD3<Double>) {
        self.degrees = degrees
    }

    /// The rows of the 3x3 matrix that turns points (z, y, x) (Rodrigues' formula).
    public var matrix: [SIMD3<Double>] {
        let radians = degrees * (Double.pi / 180)
        let angle = (radians * radians).sum().squareRoot()
        guard angle > 0 else { return [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)] }
        let axis = radians / angle
        let (c, s) = (cos(angle), sin(angle))
        // In (z, y, x) order the cross product changes sign against (x, y, z).
        let cross = [
            SIMD3(0, axis[2], -axis[1]), SIMD3(-axis[2], 0, axis[0]), SIMD3(axis[1], -axis[0], 0),
        ]
        return (0..<3).map { i in
            var row = axis * axis[i] * (1 - c) + cross[i] * s
            row[i] += c
            return row
        }
    }

    /// The vector of an orthonormal matrix of determinant one, with an angle of at most 180 degrees.
    public init(matrix a: [SIMD3<Double>]) {
        let sine = SIMD3(a[2][1] - a[1][2], a[0][2] - a[2][0], a[1][0] - a[0][1]) * -0.5
        let length = (sine * sine).sum().squareRoot()
        let cosine = (a[0][0] + a[1][1] + a[2][2] - 1) / 2
        let angle = atan2(length, cosine)
        if length > 1e-9 {
            degrees = sine / length * (angle * 180 / .pi)
        } else if cosine > 0 {
            degrees = SIMD3(0, 0, 0)
        } else {
            // Half a turn: the axis is the column of (A + 1) / 2 with the largest diagonal.
            let diagonal = SIMD3(a[0][0], a[1][1], a[2][2])
            let largest = diagonal.indices.max { diagonal[$0] < diagonal[$1] } ?? 0
            var axis = SIMD3(a[0][largest], a[1][largest], a[2][largest])
            axis[largest] += 1
            degrees = axis / (axis * axis).sum().squareRoot() * 180
        }
    }

}
