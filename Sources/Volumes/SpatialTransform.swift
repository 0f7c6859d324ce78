import Foundation

/// An affine map of points (z, y, x) in micrometres, as a 4x4 matrix.
///
/// A registration is one that takes a point of the HIGH scan to the LOW scan. The origin of a scan
/// is the corner of its first voxel.
public struct SpatialTransform: Hashable, Sendable {
    /// The four rows; the last is (0, 0, 0, 1).
    public let rows: [[Double]]

    /// The map that leaves every point where it is.
    public static let identity = SpatialTransform(
        linear: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)], translation: SIMD3(0, 0, 0))

    /// `linear` holds the three rows of the linear part; `translation` is in micrometres.
    public init(linear: [SIMD3<Double>], translation: SIMD3<Double>) {
        precondition(linear.count == 3, "a linear map of space has three rows")
        rows =
            (0..<3).map { [linear[$0][0], linear[$0][1], linear[$0][2], translation[$0]] }
            + [[0, 0, 0, 1]]
    }

    /// A pure shift, in micrometres.
    public init(translation: SIMD3<Double>) {
        self.init(
            linear: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)], translation: translation)
    }

    /// A rotation about the origin, then a uniform scale, then a shift.
    ///
    /// - Parameters:
    ///   - rotationInDegrees: The rotation vector (z, y, x): its direction is the axis, its length
    ///     the angle, right-handed in the frame (x, y, z).
    ///   - scale: The uniform scale.
    ///   - translation: The shift in micrometres.
    public init(
        rotationInDegrees: SIMD3<Double>, scale: Double, translation: SIMD3<Double>
    ) {
        let rotation = RotationVector(degrees: rotationInDegrees).matrix
        self.init(linear: rotation.map { $0 * scale }, translation: translation)
    }

    /// The three rows of the linear part.
    public var linear: [SIMD3<Double>] {
        (0..<3).map { SIMD3(rows[$0][0], rows[$0][1], rows[$0][2]) }
    }

    /// Where the origin goes, in micrometres.
    public var translation: SIMD3<Double> { SIMD3(rows[0][3], rows[1][3], rows[2][3]) }

    /// The cube root of the volume ratio: the scale of a similarity.
    public var scale: Double {
        let a = linear
        let determinant =
            a[0][0] * (a[1][1] * a[2][2] - a[1][2] * a[2][1])
            - a[0][1] * (a[1][0] * a[2][2] - a[1][2] * a[2][0])
            + a[0][2] * (a[1][0] * a[2][1] - a[1][1] * a[2][0])
        return determinant.sign == .minus
            ? -cbrt(-determinant) : cbrt(determinant)
    }

    /// The rotation vector (z, y, x) of a similarity, in degrees.
    public var rotationInDegrees: SIMD3<Double> {
        let scale = self.scale
        return RotationVector(matrix: linear.map { $0 / scale }).degrees
    }

    /// The image of a point.
    public func callAsFunction(_ point: SIMD3<Double>) -> SIMD3<Double> {
        let a = linear
        return SIMD3((a[0] * point).sum(), (a[1] * point).sum(), (a[2] * point).sum()) + translation
    }

    /// The map back; the linear part is invertible.
    public var inverse: SpatialTransform {
        let a = linear
        func cofactor(_ i: Int, _ j: Int) -> Double {
            let (r0, r1) = ((i + 1) % 3, (i + 2) % 3)
            let (c0, c1) = ((j + 1) % 3, (j + 2) % 3)
            return a[r0][c0] * a[r1][c1] - a[r0][c1] * a[r1][c0]
        }
        let determinant = (0..<3).reduce(0) { $0 + a[0][$1] * cofactor(0, $1) }
        precondition(determinant != 0, "a registration can be inverted")
        let inverted = (0..<3).map { i in
            SIMD3(cofactor(0, i), cofactor(1, i), cofactor(2, i)) / determinant
        }
        let back = SIMD3(
            (inverted[0] * translation).sum(), (inverted[1] * translation).sum(),
            (inverted[2] * translation).sum())
        return SpatialTransform(linear: inverted, translation: -back)
    }

    /// First `other`, then this map.
    public func after(_ other: SpatialTransform) -> SpatialTransform {
        let a = linear
        let b = other.linear
        let columns = (0..<3).map { j in SIMD3(b[0][j], b[1][j], b[2][j]) }
        let product = (0..<3).map { i in
            SIMD3((a[i] * columns[0]).sum(), (a[i] * columns[1]).sum(), (a[i] * columns[2]).sum())
        }
        return SpatialTransform(linear: product, translation: self(other.translation))
    }
}

extension SpatialTransform: Codable {
    /// Reads four rows of four numbers.
    public init(from decoder: any Decoder) throws {
        let rows = try [[Double]](from: decoder)
        guard rows.count == 4, rows.allSatisfy({ $0.count == 4 && $0.allSatisfy(\.isFinite) }),
            rows[3] == [0, 0, 0, 1]
        else {
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "a transform is a 4x4 matrix whose last row is 0 0 0 1"))
        }
        self.rows = rows
    }

    /// Writes four rows of four numbers.
    public func encode(to encoder: any Encoder) throws {
        try rows.encode(to: encoder)
    }
}
