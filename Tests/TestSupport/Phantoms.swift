import Randomness
public import Volumes

/// A mask whose voxels are true independently of each other.
public func randomMask(_ shape: Shape, porosity: Double, seed: UInt64) -> Mask {
    var generator = SplitMix64(seed: seed)
    return Mask(
        shape: shape,
        voxels: (0..<shape.count).map { _ in
            Double.random(in: 0..<1, using: &generator) < porosity
        })
}

/// Five balls in 24x26x28 voxels, three of them touching: at (z, y, x), below a squared radius.
public func ballMask() -> Mask {
    let balls = [
        (8, 8, 8, 40), (8, 16, 10, 30), (15, 12, 14, 36), (20, 20, 20, 10), (4, 20, 20, 16),
    ]
    let shape = Shape(depth: 24, height: 26, width: 28)
    var mask = Mask(shape: shape, repeating: false)
    for z in 0..<shape.depth {
        for y in 0..<shape.height {
            for x in 0..<shape.width {
                mask[z, y, x] = balls.contains { ball in
                    let (dz, dy, dx) = (z - ball.0, y - ball.1, x - ball.2)
                    return dz * dz + dy * dy + dx * dx < ball.3
                }
            }
        }
    }
    return mask
}

extension Volume where Element: BinaryInteger {
    /// The sum of every voxel times its place from 1, modulo 2^64; goldens are compared by it.
    public var weightedSum: UInt64 {
        array.enumerated().reduce(0) {
            $0 &+ UInt64(truncatingIfNeeded: $1.element) &* UInt64($1.offset + 1)
        }
    }
}
