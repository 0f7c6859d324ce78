import Volumes

/// Whether a ball of voxels lies within that of a neighbouring centre.
///
/// The ball of squared radius r around a voxel is every voxel at squared distance below r. Which
/// squared radius a neighbour's ball needs to contain it is found by trying the ball's voxels, once
/// for every r (Rémy and Thiel 2002, doi:10.1016/S0167-8655(01)00130-8).
struct BallContainment: Sendable {
    /// Squared radii up to this are looked up.
    private static let limit = 1 << 22

    /// For neighbours across faces, edges and corners: by squared radius, the least that contains it.
    private let least: [[UInt32]]

    /// Knows balls of squared radii up to `longest`, of voxels of a volume of `shape`.
    init(longest: UInt32, in shape: Shape) {
        let count = min(Int(longest), BallContainment.limit) + 1
        let extents = [shape.depth, shape.height, shape.width].sorted()
        func reach(_ rest: Int, _ extent: Int) -> Int { min(wholeRoot(rest), extent - 1) }
        // By squared distance of a ball's voxel, the longest to a neighbour on its far side.
        var farthest = Array(repeating: Array(repeating: 0, count: count), count: 3)
        for z in 0...reach(count - 1, extents[0]) {
            for y in z...max(z, reach(count - 1 - z * z, extents[1])) {
                let square = z * z + y * y
                if square + y * y > count - 1 { continue }
                for x in y...max(y, reach(count - 1 - square, extents[2])) {
                    let distance = square + x * x
                    if distance > count - 1 { continue }
                    let steps = [x, x + y, x + y + z]
                    for way in 0..<3 {
                        farthest[way][distance] = max(
                            farthest[way][distance], distance + 2 * steps[way] + way + 1)
                    }
                }
            }
        }
        least = farthest.map { farthest in
            var longest = 0
            // A ball of squared radius r has voxels at squared distances below r.
            return [0]
                + farthest.dropLast().map { distance -> UInt32 in
                    longest = max(longest, distance)
                    return UInt32(longest + 1)
                }
        }
    }

    /// The least squared radius around a neighbour that contains a ball of squared radius `inner`;
    /// the neighbour lies across a face (0), an edge (1) or a corner (2).
    @inline(__always)
    func least(containing inner: UInt32, across way: Int) -> UInt32 {
        if Int(inner) < least[way].count { return least[way][Int(inner)] }
        // The next whole number above (sqrt(inner) + sqrt(way + 1))^2, which contains any ball.
        let square = 4 * (way + 1) * Int(inner)
        return UInt32(clamping: Int(inner) + way + 2 + wholeRoot(square))
    }
}
