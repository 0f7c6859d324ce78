import Foundation
import Randomness
import Volumes

/// A rock of overlapping round pores whose truth is known, and a blurred and noisy scan of it.
struct RockPhantom {
    /// True where the centre of a voxel lies in a pore.
    let truth: Mask
    /// The scan: pores near 8,000, solid near 20,000.
    let scan: Volume<Float>

    /// - Parameters:
    ///   - shape: Of one slice for an image, of disks.
    ///   - porosity: Of every slice, about.
    ///   - radii: Of the pores, in voxels.
    ///   - blurs: How often the scan is smoothed by (1, 2, 1) / 4 along every axis; each adds half
    ///     a voxel squared to the variance of the blur.
    ///   - noise: The standard deviation.
    init(
        _ shape: Shape, seed: UInt64, porosity: (Int) -> Double = { _ in 0.2 },
        radii: ClosedRange<Double> = 3...6, blurs: Int = 2, noise: Double = 800,
        solid: (_ z: Int, _ y: Int, _ x: Int) -> Double = { _, _, _ in 20_000 }
    ) {
        var generator = SplitMix64(seed: seed)
        let margin = radii.upperBound
        let isImage = shape.isImage
        let middle = (radii.lowerBound + radii.upperBound) / 2
        let volume =
            isImage ? Double.pi * middle * middle : 4 / 3 * Double.pi * middle * middle * middle
        let greatest = (0..<shape.depth).map(porosity).max() ?? 0
        let box =
            (isImage ? 1 : Double(shape.depth) + 2 * margin) * (Double(shape.height) + 2 * margin)
            * (Double(shape.width) + 2 * margin)
        let count = Int((-log(1 - greatest) / volume * box).rounded())
        var truth = Mask(shape: shape, repeating: false)
        for _ in 0..<count {
            func place(_ extent: Int) -> Double {
                Double.random(in: -margin...(Double(extent) + margin), using: &generator)
            }
            let z = isImage ? 0.5 : place(shape.depth)
            let (y, x) = (place(shape.height), place(shape.width))
            let radius = Double.random(in: radii, using: &generator)
            let slice = min(max(Int(z), 0), shape.depth - 1)
            let share = log(1 - porosity(slice)) / log(1 - greatest)
            guard Double.random(in: 0..<1, using: &generator) < share else { continue }
            func range(_ centre: Double, _ extent: Int) -> Range<Int> {
                let low = max(0, Int((centre - radius - 0.5).rounded(.up)))
                return low..<max(low, min(extent, Int((centre + radius + 0.5).rounded(.down))))
            }
            for c in range(z, shape.depth) {
                for b in range(y, shape.height) {
                    for a in range(x, shape.width) {
                        let (dz, dy, dx) = (
                            isImage ? 0 : Double(c) + 0.5 - z, Double(b) + 0.5 - y,
                            Double(a) + 0.5 - x
                        )
                        if dz * dz + dy * dy + dx * dx < radius * radius { truth[c, b, a] = true }
                    }
                }
            }
        }
        var sharp = Volume<Float>(shape: shape, repeating: 8000)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width where !truth[z, y, x] {
                    sharp[z, y, x] = Float(solid(z, y, x))
                }
            }
        }
        for _ in 0..<blurs { sharp = Self.smooth(sharp) }
        let normal = NormalDistribution()
        self.truth = truth
        scan = sharp.map { $0 + Float(noise * normal.draw(using: &generator)) }
    }

    var porosity: Double { Double(truth.array.count { $0 }) / Double(truth.shape.count) }

    private static func smooth(_ volume: Volume<Float>) -> Volume<Float> {
        let shape = volume.shape
        var result = volume
        let extents = [shape.depth, shape.height, shape.width]
        let strides = [shape.sliceCount, shape.width, 1]
        for axis in 0..<3 {
            let source = result.array
            let (extent, stride) = (extents[axis], strides[axis])
            result = Volume(
                shape: shape,
                voxels: source.indices.map { place in
                    let along = place / stride % extent
                    let low = along > 0 ? source[place - stride] : source[place]
                    let high = along < extent - 1 ? source[place + stride] : source[place]
                    return (low + 2 * source[place] + high) / 4
                })
        }
        return result
    }
}

/// The share of true voxels of every slice within a view.
func slicePorosities(_ mask: Mask, within view: FieldOfView = .all) -> [Double] {
    let shape = mask.shape
    return (0..<shape.depth).map { z in
        var (pore, all) = (0, 0)
        for y in 0..<shape.height {
            for x in view.columns(z: z, y: y, in: shape) {
                all += 1
                if mask[z, y, x] { pore += 1 }
            }
        }
        return Double(pore) / Double(all)
    }
}

/// The voxels of a view that two masks see differently, over those of the view.
func disagreement(_ a: Mask, _ b: Mask, within view: FieldOfView = .all) -> Double {
    let differs = Mask(shape: a.shape, voxels: zip(a.array, b.array).map { $0 != $1 })
    let shares = slicePorosities(differs, within: view)
    return shares.reduce(0, +) / Double(shares.count)
}
