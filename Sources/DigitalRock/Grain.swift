import Foundation
import Randomness
import Volumes

/// What a grain is made of, and how strongly it attenuates relative to quartz.
enum Mineral: Sendable {
    case quartz, feldspar, dense

    var relativeAttenuation: Float {
        switch self {
        case .quartz: 1
        case .feldspar: 1.12
        case .dense: 2.4
        }
    }
}

/// One grain: a rounded box, turned anyhow.
struct Grain: Sendable {
    /// The centre (z, y, x), in micrometres.
    var centre: SIMD3<Float>
    /// The radius of a ball of the same volume, roughly; what the packing sees.
    let radius: Float
    /// No point of the surface is nearer to the centre.
    let nearestRadius: Float
    /// No point of the surface is farther from the centre.
    let farthestRadius: Float
    let mineral: Mineral
    // The rows of the rotation into the grain's own frame, divided by its half axes.
    private let rows: (SIMD3<Float>, SIMD3<Float>, SIMD3<Float>)

    init(
        centre: SIMD3<Float>, radius: Float, mineral: Mineral,
        using generator: inout some RandomNumberGenerator
    ) {
        // Half axes within a quarter of one another, of the same product whatever the draw.
        let (u, v) = (generator.nextUnit() - 0.5, generator.nextUnit() - 0.5)
        let stretch = [exp(0.3 * u), exp(0.3 * v), exp(-0.3 * (u + v))]
        let normal = NormalDistribution()
        let axis = SIMD3(
            normal.draw(using: &generator), normal.draw(using: &generator),
            normal.draw(using: &generator))
        let length = max((axis * axis).sum().squareRoot(), 1e-9)
        let rotation = RotationVector(degrees: axis / length * 360 * generator.nextUnit()).matrix
        // A rounded box of these half axes holds a tenth more than the ellipsoid.
        let halfAxes = stretch.map { Float($0) * radius * 0.95 }
        func row(_ i: Int) -> SIMD3<Float> { SIMD3<Float>(rotation[i]) / halfAxes[i] }
        rows = (row(0), row(1), row(2))
        self.centre = centre
        self.radius = radius
        self.mineral = mineral
        nearestRadius = halfAxes.min() ?? radius
        // The 4-norm is at least 3^(-1/4) of the 2-norm, so their mean is at least 0.879 of it.
        farthestRadius = (halfAxes.max() ?? radius) / 0.879
    }

    /// How far a place, seen from the centre, lies outside the surface along its radius; negative
    /// inside. The surface is where the mean of the 2-norm and the 4-norm of the scaled place is one.
    func distance(_ offset: SIMD3<Float>) -> Float {
        // Written out by component: several times faster than vectors of three.
        let (z, y, x) = (offset[0], offset[1], offset[2])
        let a = rows.0[0] * z + rows.0[1] * y + rows.0[2] * x
        let b = rows.1[0] * z + rows.1[1] * y + rows.1[2] * x
        let c = rows.2[0] * z + rows.2[1] * y + rows.2[2] * x
        let (aa, bb, cc) = (a * a, b * b, c * c)
        let two = (aa + bb + cc).squareRoot()
        let four = (aa * aa + bb * bb + cc * cc).squareRoot().squareRoot()
        let norm = 0.5 * (two + four)
        guard norm > 1e-6 else { return -nearestRadius }
        return (z * z + y * y + x * x).squareRoot() * (1 - 1 / norm)
    }
}
