import Foundation
import Randomness
import Volumes

/// Solid balls of one radius at random places, overlapping freely: a rock of which everything is known.
///
/// Centres are whole multiples of 1/1024 of a voxel, so that every machine makes the same voxels: a
/// voxel is solid if its centre is not farther than the radius from that of a ball.
struct BooleanRock {
    let radius: Double
    let porosity: Double

    /// The balls that are expected to cover a point.
    var cover: Double { -log(porosity) }
    /// Balls in a voxel's volume.
    var intensity: Double { cover / (4.0 / 3 * .pi * radius * radius * radius) }

    // The formulas of Miles (1976) and Mecke for overlapping balls.

    var specificSurface: Double { 3 * cover * porosity / radius }
    var meanChord: Double { 4 * radius / (3 * cover) }
    var eulerDensity: Double {
        intensity * porosity * (1 - 3 * cover + 3 * .pi * .pi / 32 * cover * cover)
    }
    /// Of the pores, to which balls are hollows.
    var meanCurvatureDensity: Double {
        let (r, n) = (radius, intensity)
        return -porosity
            * (4 * .pi * r * n - .pi * .pi / 32 * (4 * .pi * r * r * n) * (4 * .pi * r * r * n))
    }
    func twoPoint(_ distance: Double) -> Double {
        let (t, r) = (min(distance, 2 * radius), radius)
        return exp(-cover * (1 + 3 * t / (4 * r) - t * t * t / (16 * r * r * r)))
    }
    func linealPath(_ length: Double) -> Double {
        exp(-cover * (1 + 3 * length / (4 * radius)))
    }

    func mask(_ shape: Shape, seed: UInt64) -> Mask {
        var generator = SplitMix64(seed: seed)
        let margin = Int(radius.rounded(.up)) + 1
        let extents = [shape.depth, shape.height, shape.width].map { ($0 + 2 * margin) * 1024 }
        let expected = intensity * extents.reduce(1) { $0 * Double($1) / 1024 }
        var count = 0
        var sum = -log(1 - Double.random(in: 0..<1, using: &generator))
        while sum < expected {
            count += 1
            sum -= log(1 - Double.random(in: 0..<1, using: &generator))
        }
        let centres = (0..<count).map { _ in
            extents.map { Int.random(in: 0..<$0, using: &generator) - margin * 1024 }
        }
        var bySlice = [[Int]](repeating: [], count: shape.depth)
        for (index, centre) in centres.enumerated() {
            let low = max(0, centre[0] / 1024 - margin)
            let high = min(shape.depth, centre[0] / 1024 + margin + 1)
            for z in low..<max(low, high) { bySlice[z].append(index) }
        }
        let squared = Int((radius * 1024 * radius * 1024).rounded())
        let slices = bySlice
        let solid = Volume<UInt8>(shape: shape) { z, slice in
            for index in slices[z] {
                let centre = centres[index]
                let dz = z * 1024 + 512 - centre[0]
                for y in 0..<shape.height {
                    let dy = y * 1024 + 512 - centre[1]
                    let rest = squared - dz * dz - dy * dy
                    if rest < 0 { continue }
                    let first = max(0, (centre[2] - margin * 1024) / 1024)
                    let last = min(shape.width, (centre[2] + margin * 1024) / 1024 + 1)
                    for x in first..<max(first, last) {
                        let dx = x * 1024 + 512 - centre[2]
                        if dx * dx <= rest { slice[y * shape.width + x] = 1 }
                    }
                }
            }
        }
        return solid.map { $0 == 0 }
    }
}

/// A ball of pore around a place in voxels, in a box with `margin` voxels of solid around.
func ball(radius: Double, centre: SIMD3<Double> = .zero, margin: Int = 3) -> Mask {
    let edge = 2 * (Int(radius.rounded(.up)) + margin)
    let middle = SIMD3<Double>(repeating: Double(edge) / 2) + centre
    var mask = Mask(shape: Shape(edge: edge), repeating: false)
    for z in 0..<edge {
        for y in 0..<edge {
            for x in 0..<edge {
                let apart = SIMD3(Double(z), Double(y), Double(x)) + 0.5 - middle
                mask[z, y, x] = (apart * apart).sum() <= radius * radius
            }
        }
    }
    return mask
}
