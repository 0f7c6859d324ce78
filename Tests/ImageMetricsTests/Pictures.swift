import Randomness
import Volumes

/// A picture of whole-number patterns, which other programs make alike, and a faulty copy.
///
/// In NumPy, with `y, x = mgrid[0:h, 0:w]` and all in float32:
/// `r = ((3*x*x + 5*y*y + 7*x*y) % 101 / 100 + 3 * ((x//4 + y//4) % 7 / 6)) / 4` and
/// `i = r * 0.875 + 0.0625 + ((31*x + 17*y + x*y) % 11 - 5) / 40`.
func pictures(height: Int, width: Int) -> (image: Volume<Float>, reference: Volume<Float>) {
    var reference: [Float] = []
    var image: [Float] = []
    for y in 0..<height {
        for x in 0..<width {
            let fine = Float((3 * x * x + 5 * y * y + 7 * x * y) % 101) / 100
            let coarse = Float((x / 4 + y / 4) % 7) / 6
            let noise = Float((31 * x + 17 * y + x * y) % 11 - 5) / 40
            let grey = (fine + 3 * coarse) / 4
            reference.append(grey)
            image.append(grey * 0.875 + 0.0625 + noise)
        }
    }
    let shape = Shape(depth: 1, height: height, width: width)
    return (Volume(shape: shape, voxels: image), Volume(shape: shape, voxels: reference))
}

extension Volume<Float> {
    /// Smooth waves with a little noise, and so different for every seed.
    static func waves(_ shape: Shape, seed: UInt64) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        let period = Float.random(in: 5...15, using: &generator)
        var voxels: [Float] = []
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let phase = (Float(x) + 0.7 * Float(y) + 2 * Float(z)) / period
                    let wave = abs(phase - phase.rounded())
                    voxels.append(0.2 + wave + Float.random(in: 0...0.1, using: &generator))
                }
            }
        }
        return Volume(shape: shape, voxels: voxels)
    }

    /// With Gaussian noise; more of the same noise for a larger deviation.
    func noisy(_ deviation: Double, seed: UInt64) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        let noise = NormalDistribution(standardDeviation: 1)
        return map { $0 + Float(deviation * noise.draw(using: &generator)) }
    }
}
