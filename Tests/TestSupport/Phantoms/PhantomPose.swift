import Foundation
public import Randomness
public import Volumes

/// How HIGH lies in LOW: a reflection if it is mirrored, a rotation, a scale and a shift.
public struct PhantomPose: Hashable, Sendable {
    /// The rotation vector (z, y, x).
    public var rotationInDegrees: SIMD3<Double>
    /// Micrometres of LOW per micrometre of HIGH as the scans' headers tell them; 1 if they are right.
    public var scale: Double
    /// Whether x of HIGH runs backwards before it is turned.
    public var isMirrored: Bool

    /// The pose of these values.
    public init(
        rotationInDegrees: SIMD3<Double> = SIMD3(0, 0, 0), scale: Double = 1,
        isMirrored: Bool = false
    ) {
        self.rotationInDegrees = rotationInDegrees
        self.scale = scale
        self.isMirrored = isMirrored
    }

    /// The map from HIGH to LOW but for its shift.
    public func transform(translation: SIMD3<Double> = SIMD3(0, 0, 0)) -> SpatialTransform {
        let turned = SpatialTransform(
            rotationInDegrees: rotationInDegrees, scale: scale, translation: translation)
        guard isMirrored else { return turned }
        let mirror = SpatialTransform(
            linear: [SIMD3(1, 0, 0), SIMD3(0, 1, 0), SIMD3(0, 0, -1)], translation: SIMD3(0, 0, 0))
        return turned.after(mirror)
    }
}

/// Two boxes that begin at their origins, in micrometres: of LOW, and of HIGH to be laid into it.
/// Images have no extent along z.
public struct PhantomBoxes: Sendable {
    /// The extent of LOW.
    public let low: SIMD3<Double>
    /// The extent of HIGH.
    public let high: SIMD3<Double>

    /// Boxes of these extents.
    public init(low: SIMD3<Double>, high: SIMD3<Double>) {
        self.low = low
        self.high = high
    }

    /// The share of HIGH that lies in LOW, from a grid of 24 points along each axis.
    public func overlap(_ transform: SpatialTransform) -> Double {
        let steps = 24
        let isImage = high[0] == 0
        let origin = transform(SIMD3(0, 0, 0))
        let along = (0..<3).map { axis in
            var end = SIMD3(0.0, 0, 0)
            end[axis] = high[axis]
            return (transform(end) - origin) / Double(steps)
        }
        let (down, across, right) = (along[0], along[1], along[2])
        let far = isImage ? SIMD3(.infinity, low[1], low[2]) : low
        let near = isImage ? SIMD3(-.infinity, 0, 0) : SIMD3(0.0, 0, 0)
        var inside = 0
        for z in 0..<(isImage ? 1 : steps) {
            for y in 0..<steps {
                let row = origin + down * (Double(z) + 0.5) + across * (Double(y) + 0.5)
                for x in 0..<steps {
                    let point = row + right * (Double(x) + 0.5)
                    if all(point .>= near), all(point .<= far) { inside += 1 }
                }
            }
        }
        return Double(inside) / Double((isImage ? 1 : steps) * steps * steps)
    }

    /// The map of a pose whose shift is drawn so that `overlap` of HIGH lies in LOW.
    ///
    /// An overlap of 1 lays HIGH anywhere inside LOW, or as well inside as it fits. Less pulls it out
    /// along a drawn direction, as far as it takes.
    public func place(
        _ pose: PhantomPose, overlap wanted: Double, using generator: inout Philox4x32
    ) -> SpatialTransform {
        let turned = pose.transform()
        // Where the corners of HIGH go, from its middle.
        var reach = SIMD3(0.0, 0, 0)
        for corner in 0..<8 {
            let sign = SIMD3(
                corner & 1 == 0 ? 0.5 : -0.5, corner & 2 == 0 ? 0.5 : -0.5,
                corner & 4 == 0 ? 0.5 : -0.5)
            let point = turned(high * sign)
            reach = pointwiseMax(reach, pointwiseMax(point, -point))
        }
        let middle = turned(high / 2)
        func centred(at centre: SIMD3<Double>) -> SpatialTransform {
            pose.transform(translation: centre - middle)
        }
        if wanted >= 1 {
            let room = pointwiseMax(low / 2 - reach, SIMD3(0, 0, 0))
            let drawn = SIMD3(
                generator.nextUnit(), generator.nextUnit(), generator.nextUnit())
            return centred(at: low / 2 + room * (2 * drawn - 1))
        }
        let normal = NormalDistribution()
        var direction = SIMD3(0.0, 0, 0)
        for axis in 0..<3 where low[axis] > 0 { direction[axis] = normal.draw(using: &generator) }
        direction /= (direction * direction).sum().squareRoot()
        var (inside, outside) = (0.0, (low + high * pose.scale).max() * 2)
        for _ in 0..<30 {
            let distance = (inside + outside) / 2
            if self.overlap(centred(at: low / 2 + direction * distance)) > wanted {
                inside = distance
            } else {
                outside = distance
            }
        }
        return centred(at: low / 2 + direction * inside)
    }
}
