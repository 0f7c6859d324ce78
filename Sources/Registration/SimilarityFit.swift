import Foundation
import Volumes

extension SpatialTransform {
    /// The similarity that takes points nearest to their partners, in the least squares of their
    /// distances (Horn 1987, doi:10.1364/JOSAA.4.000629).
    ///
    /// - Parameters:
    ///   - points: Pairs of a point and its image, at least two for images, three for volumes.
    ///   - isMirrored: Whether the map turns a right hand into a left one: about the origin for
    ///     volumes, along x for images.
    ///   - isImage: Whether all points lie in one plane of constant z, which stays where it is.
    /// - Returns: `nil` where the points leave the map open, as on a line.
    static func similarity(
        from points: [(from: SIMD3<Double>, to: SIMD3<Double>)], isMirrored: Bool, isImage: Bool
    ) -> SpatialTransform? {
        let n = Double(points.count)
        guard n >= (isImage ? 2 : 3) else { return nil }
        let mirror = isImage ? SIMD3(1.0, 1, -1) : SIMD3(-1.0, -1, -1)
        let sign = isMirrored ? mirror : SIMD3(1.0, 1, 1)
        let fromMean = points.reduce(SIMD3<Double>()) { $0 + $1.from * sign } / n
        let toMean = points.reduce(SIMD3<Double>()) { $0 + $1.to } / n
        // Sums of products: m[i][j] of component i of the points and j of their images.
        var m = [[Double]](repeating: [0, 0, 0], count: 3)
        var spread = 0.0
        for point in points {
            let (a, b) = (point.from * sign - fromMean, point.to - toMean)
            for i in 0..<3 { for j in 0..<3 { m[i][j] += a[i] * b[j] } }
            spread += (a * a).sum()
        }
        guard spread > 0 else { return nil }
        guard let rotation = isImage ? planeRotation(m) : spaceRotation(m) else { return nil }
        var along = 0.0
        for i in 0..<3 { for j in 0..<3 { along += rotation[j][i] * m[i][j] } }
        let scale = along / spread
        guard scale > 0 else { return nil }
        var linear = rotation.map { $0 * sign * scale }
        if isImage { linear[0] = SIMD3(1, 0, 0) }
        let map = SpatialTransform(linear: linear, translation: SIMD3())
        var translation = toMean - map(fromMean * sign)
        if isImage { translation[0] = 0 }
        return SpatialTransform(linear: linear, translation: translation)
    }

    private static func planeRotation(_ m: [[Double]]) -> [SIMD3<Double>]? {
        let (c, s) = (m[1][1] + m[2][2], m[1][2] - m[2][1])
        let length = (c * c + s * s).squareRoot()
        guard length > 0 else { return nil }
        let (cosine, sine) = (c / length, s / length)
        return [SIMD3(1, 0, 0), SIMD3(0, cosine, -sine), SIMD3(0, sine, cosine)]
    }

    /// The unit quaternion of the largest eigenvalue of Horn's matrix.
    private static func spaceRotation(_ m: [[Double]]) -> [SIMD3<Double>]? {
        let (a, b, c) = (m[1][2] - m[2][1], m[2][0] - m[0][2], m[0][1] - m[1][0])
        let eigen = SymmetricEigen([
            [m[0][0] + m[1][1] + m[2][2], a, b, c],
            [a, m[0][0] - m[1][1] - m[2][2], m[0][1] + m[1][0], m[2][0] + m[0][2]],
            [b, m[0][1] + m[1][0], m[1][1] - m[0][0] - m[2][2], m[1][2] + m[2][1]],
            [c, m[2][0] + m[0][2], m[1][2] + m[2][1], m[2][2] - m[0][0] - m[1][1]],
        ])
        // Points on a line leave two largest values alike.
        guard eigen.values[3] - eigen.values[2] > 1e-9 * abs(eigen.values[3]) else { return nil }
        let q = eigen.vectors[3]
        let (w, x, y, z) = (q[0], q[1], q[2], q[3])
        return [
            SIMD3(w * w + x * x - y * y - z * z, 2 * (x * y - w * z), 2 * (x * z + w * y)),
            SIMD3(2 * (x * y + w * z), w * w - x * x + y * y - z * z, 2 * (y * z - w * x)),
            SIMD3(2 * (x * z - w * y), 2 * (y * z + w * x), w * w - x * x - y * y + z * z),
        ]
    }
}
