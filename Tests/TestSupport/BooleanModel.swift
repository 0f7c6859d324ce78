import Randomness
public import Volumes

/// A Boolean model of balls: solid balls of one radius at random places, overlapping freely.
///
/// Everything is whole numbers, so that a seed gives the same mask everywhere: germs lie on a lattice
/// of 1/1024 voxel in the volume padded by the radius, and a voxel is solid when its centre lies no
/// further than the radius from a germ. The number of germs is the expected one, rounded. With
/// eta = -ln(porosity), theory knows surface, chords, Euler number, two-point correlation and pore
/// distances (Miles 1976, doi:10.2307/1425821; Mecke and Stoyan 1991).
public struct BooleanModel: Sendable {
    /// Parts of a voxel that a germ's place counts.
    public static let stepsPerVoxel = 1024

    /// The extent of the mask.
    public let shape: Shape
    /// The radius of the balls, in voxels.
    public let radius: Int
    /// Where the balls lie: (z, y, x) from the volume's corner, in 1/1024 voxel.
    public let germs: [SIMD3<Int>]

    /// Draws the germs of a model with this porosity expected: each germ's z, y and x in turn, as a
    /// number of ``SplitMix64`` modulo the padded extent.
    public init(shape: Shape, radius: Int = 12, porosity: Double = 0.2, seed: UInt64) {
        self.shape = shape
        self.radius = radius
        let extent = SIMD3(shape.depth, shape.height, shape.width) &+ 2 * radius
        let balls = -logarithm(porosity) * Double(extent.x * extent.y * extent.z)
        let ball = 4 / 3 * Double.pi * Double(radius * radius * radius)
        var generator = SplitMix64(seed: seed)
        let steps = BooleanModel.stepsPerVoxel
        germs = (0..<Int((balls / ball).rounded())).map { _ in
            var germ = SIMD3<Int>()
            for axis in 0..<3 {
                let range = UInt64(extent[axis] * steps)
                germ[axis] = Int(generator.next() % range) - radius * steps
            }
            return germ
        }
    }

    /// True in pore space.
    public var mask: Mask {
        var mask = Mask(shape: shape, repeating: true)
        let steps = BooleanModel.stepsPerVoxel
        let square = radius * radius * steps * steps
        func centre(_ index: Int) -> Int { index * steps + steps / 2 }
        func reach(_ place: Int, _ extent: Int) -> Range<Int> {
            let lower = max(place / steps - radius - 1, 0)
            return lower..<max(lower, min(place / steps + radius + 2, extent))
        }
        mask.withMutableVoxels { voxels in
            for germ in germs {
                for z in reach(germ.x, shape.depth) {
                    let dz = centre(z) - germ.x
                    for y in reach(germ.y, shape.height) {
                        let dy = centre(y) - germ.y
                        let rest = square - dz * dz - dy * dy
                        if rest < 0 { continue }
                        let row = (z * shape.height + y) * shape.width
                        for x in reach(germ.z, shape.width) {
                            let dx = centre(x) - germ.z
                            if dx * dx <= rest { voxels[row + x] = false }
                        }
                    }
                }
            }
        }
        return mask
    }
}

/// The natural logarithm of a number in 0..<1 and above 1/e^8, by its series; the same bits on every
/// machine, as a library's need not be.
private func logarithm(_ number: Double) -> Double {
    // ln(x) = 2 artanh((x - 1) / (x + 1))
    let ratio = (number - 1) / (number + 1)
    var (power, sum) = (ratio, 0.0)
    for order in stride(from: 1, to: 20_001, by: 2) {
        sum += power / Double(order)
        power *= ratio * ratio
    }
    return 2 * sum
}
