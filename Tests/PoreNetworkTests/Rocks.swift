import Randomness
import Volumes

/// The space between `count` balls at whole voxels: centres are splitmix64's next three numbers modulo
/// the extents along z, y and x, and a voxel within `radius` of one is solid.
func grainPack(_ shape: Shape, _ count: Int, _ radius: Int, _ seed: UInt64) -> Mask {
    var generator = SplitMix64(seed: seed)
    var mask = Mask(shape: shape, repeating: true)
    for _ in 0..<count {
        let z = Int(generator.next() % UInt64(shape.depth))
        let y = Int(generator.next() % UInt64(shape.height))
        let x = Int(generator.next() % UInt64(shape.width))
        fill(&mask, false, ballAt: (Double(z), Double(y), Double(x)), radius: Double(radius))
    }
    return mask
}

/// Sets the voxels whose indices lie within `radius` of a point.
func fill(
    _ mask: inout Mask, _ value: Bool, ballAt centre: (z: Double, y: Double, x: Double),
    radius: Double
) {
    let shape = mask.shape
    func reach(_ middle: Double, _ count: Int) -> Range<Int> {
        let first = max(0, Int((middle - radius).rounded(.down)))
        return first..<max(first, min(count, Int((middle + radius).rounded(.up)) + 1))
    }
    for z in reach(centre.z, shape.depth) {
        for y in reach(centre.y, shape.height) {
            for x in reach(centre.x, shape.width) {
                let (dz, dy, dx) = (
                    Double(z) - centre.z, Double(y) - centre.y, Double(x) - centre.x
                )
                if dz * dz + dy * dy + dx * dx <= radius * radius { mask[z, y, x] = value }
            }
        }
    }
}
