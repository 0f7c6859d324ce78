import Foundation
import Volumes

/// One way in which HIGH may move in LOW: by how much each point goes, per um of the unknown.
///
/// Points count from the middle of the overlap, in units of its half extent, so that an um of any
/// unknown moves the overlap's border by about an um.
struct Motion: Sendable {
    let shift: SIMD3<Float>
    /// The columns of the linear part.
    let alongZ: SIMD3<Float>
    let alongY: SIMD3<Float>
    let alongX: SIMD3<Float>

    @inline(__always)
    func callAsFunction(_ point: SIMD3<Float>) -> SIMD3<Float> {
        shift + alongZ * point[0] + alongY * point[1] + alongX * point[2]
    }

    private init(
        shift: SIMD3<Float> = SIMD3(), z: SIMD3<Float> = SIMD3(), y: SIMD3<Float> = SIMD3(),
        x: SIMD3<Float> = SIMD3()
    ) {
        self.shift = shift
        (alongZ, alongY, alongX) = (z, y, x)
    }

    private static let units = [SIMD3<Float>(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, 1)]

    /// The motions of a model: shifts first; for a similarity then turns and the growth.
    static func all(of model: RegistrationOptions.Model, isImage: Bool) -> [Motion] {
        let axes = isImage ? 1..<3 : 0..<3
        let shifts = axes.map { Motion(shift: units[$0]) }
        switch model {
        case .shift: return shifts
        case .similarity:
            let turns = (isImage ? 0..<1 : 0..<3).map { turn in
                // The derivative of a rotation vector's matrix, column by column.
                let axis = units[turn]
                return Motion(
                    z: SIMD3(0, -axis[2], axis[1]), y: SIMD3(axis[2], 0, -axis[0]),
                    x: SIMD3(-axis[1], axis[0], 0))
            }
            let growth = Motion(z: isImage ? SIMD3() : units[0], y: units[1], x: units[2])
            return shifts + turns + [growth]
        case .affine:
            let parts = axes.flatMap { row in
                axes.map { column in
                    Motion(
                        z: column == 0 ? units[row] : SIMD3(),
                        y: column == 1 ? units[row] : SIMD3(),
                        x: column == 2 ? units[row] : SIMD3())
                }
            }
            return shifts + parts
        }
    }

    /// The map that goes by `amounts` of the motions of `model`; rotations of a similarity are exact.
    static func transform(
        _ amounts: [Double], of model: RegistrationOptions.Model, isImage: Bool,
        about middle: SIMD3<Double>, reach: Double
    ) -> SpatialTransform {
        var shift = SIMD3<Double>()
        var columns = [SIMD3<Double>](repeating: SIMD3(), count: 3)
        for (motion, amount) in zip(all(of: model, isImage: isImage), amounts) {
            shift += SIMD3<Double>(motion.shift) * amount
            for (axis, column) in [motion.alongZ, motion.alongY, motion.alongX].enumerated() {
                columns[axis] += SIMD3<Double>(column) * (amount / reach)
            }
        }
        var linear = (0..<3).map { SIMD3(columns[0][$0], columns[1][$0], columns[2][$0]) }
        if model == .similarity {
            let vector = SIMD3(linear[2][1], linear[0][2], linear[1][0]) * -1
            let growth = linear[2][2]
            linear = RotationVector(degrees: vector * (180 / .pi)).matrix.map { $0 * (1 + growth) }
            if isImage { linear[0] = SIMD3(1, 0, 0) }
        } else {
            for axis in 0..<3 { linear[axis][axis] += 1 }
        }
        let turned = SpatialTransform(linear: linear, translation: SIMD3())
        return SpatialTransform(
            linear: linear, translation: middle + shift - turned(middle))
    }
}
