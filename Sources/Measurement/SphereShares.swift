import Foundation

/// The part of the sphere that is nearer to each of some lines through its centre than to any other;
/// the parts sum to 1.
///
/// For the thirteen directions of a cubic lattice these are the weights of Ohser and Muecklich (2000,
/// ISBN 0-471-97486-4). Each part is a polygon of great circles, whose area is the sum of its
/// triangles (van Oosterom and Strackee 1983, doi:10.1109/TBME.1983.325207).
func sphereShares(_ lines: [SIMD3<Double>]) -> [Double] {
    let points = lines.map(normalised)
    let all = points + points.map { -$0 }
    return points.map { point in
        // The cell of the point is where all of these are not negative.
        let sides = all.filter { length($0 - point) > 1e-9 }.map { point - $0 }
        var corners: [SIMD3<Double>] = []
        for first in sides.indices {
            for second in (first + 1)..<sides.count {
                let axis = cross(sides[first], sides[second])
                guard length(axis) > 1e-9 else { continue }
                for corner in [normalised(axis), -normalised(axis)]
                where sides.allSatisfy({ dot($0, corner) > -1e-9 })
                    && corners.allSatisfy({ length($0 - corner) > 1e-7 })
                {
                    corners.append(corner)
                }
            }
        }
        // Counter-clockwise around the point.
        let u = normalised(cross(point, abs(point.x) < 0.9 ? SIMD3(1, 0, 0) : SIMD3(0, 1, 0)))
        let v = cross(point, u)
        corners.sort { atan2(dot($0, v), dot($0, u)) < atan2(dot($1, v), dot($1, u)) }
        var area = 0.0
        for index in corners.indices {
            let (a, b) = (corners[index], corners[(index + 1) % corners.count])
            let volume = dot(point, cross(a, b))
            area += 2 * atan2(volume, 1 + dot(point, a) + dot(a, b) + dot(b, point))
        }
        // A line meets the sphere twice.
        return 2 * area / (4 * Double.pi)
    }
}

/// The part of the circle that is nearer to each of some lines in the plane (y, x) than to any other.
func circleShares(_ lines: [SIMD3<Double>]) -> [Double] {
    let angles = lines.map { line in
        let angle = atan2(line.y, line.z)
        return angle < 0 ? angle + Double.pi : (angle >= Double.pi ? angle - Double.pi : angle)
    }
    let order = angles.indices.sorted { angles[$0] < angles[$1] }
    var shares = angles
    for (place, index) in order.enumerated() {
        let before = angles[order[(place + order.count - 1) % order.count]]
        let after = angles[order[(place + 1) % order.count]]
        let gapBefore = place == 0 ? angles[index] - before + Double.pi : angles[index] - before
        let gapAfter =
            place == order.count - 1 ? after - angles[index] + Double.pi : after - angles[index]
        shares[index] = (gapBefore + gapAfter) / 2 / Double.pi
    }
    return shares
}
