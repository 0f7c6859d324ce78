import Foundation
import Randomness
import Volumes

/// What an instrument does to grey values. Amplitudes are in units of the contrast between pores (0)
/// and grains (1).
public struct ScanFlaws: Hashable, Sendable {
    /// The standard deviation of uncorrelated noise.
    public var noise = 0.0
    /// The contrast of the scan.
    public var gain = 1.0
    /// The grey value of pores.
    public var offset = 0.0
    /// Grains of value v come out as v to this power: a curved response.
    public var gamma = 1.0
    /// How much brighter a scan is at the edge of its slices than in the middle, growing with the
    /// square of the distance.
    public var cupping = 0.0
    /// Rings about the middle of the slices, each as bright or dark as this.
    public var rings = 0.0

    /// A perfect instrument.
    public init() {}

    /// The scan as the instrument delivers it.
    func apply(to clean: Volume<Float>, seed: UInt64) -> Volume<Float> {
        let shape = clean.shape
        let radius = ringRadii(width: Double(min(shape.height, shape.width)))
        let farthest = Double(shape.height * shape.height + shape.width * shape.width) / 4
        let normal = NormalDistribution()
        return Volume(shape: shape, voxelSize: clean.voxelSize) { z, slice in
            var generator = Philox4x32(seed: seed, stream: UInt64(z))
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let i = y * shape.width + x
                    var value = Double(clean[z, y, x])
                    if gamma != 1 { value = pow(max(value, 0), gamma) }
                    if cupping != 0 || rings != 0 {
                        let dy = Double(y) + 0.5 - Double(shape.height) / 2
                        let dx = Double(x) + 0.5 - Double(shape.width) / 2
                        let square = dy * dy + dx * dx
                        value *= 1 + cupping * square / farthest
                        value += rings * ring(at: square.squareRoot(), radius)
                    }
                    if noise > 0 { value += noise * normal.draw(using: &generator) }
                    slice[i] = Float(offset + gain * value)
                }
            }
        }
    }

    /// Radii of rings, bright and dark in turn, in voxels.
    private func ringRadii(width: Double) -> [Double] {
        [0.06, 0.13, 0.19, 0.24, 0.31, 0.37, 0.44, 0.48].map { $0 * width }
    }

    /// A ring is a voxel and a half wide.
    private func ring(at distance: Double, _ radii: [Double]) -> Double {
        for (index, radius) in radii.enumerated() where abs(distance - radius) < 0.75 {
            return index % 2 == 0 ? 1 : -1
        }
        return 0
    }
}
