import Foundation
import Randomness
import Volumes

/// A texture of Gaussian blobs, known everywhere: a voxel's value is the exact mean over its box, so
/// two grids of it have a shift that owes nothing to any resampling.
struct BlobRock: Sendable {
    private struct Blob: Sendable {
        let centre: SIMD3<Double>
        let sigma: Double
        let amplitude: Double
    }

    private let blobs: [Blob]

    /// Blobs within a box of `extent` micrometres along (z, y, x), one for every `spacing` cubed (or
    /// squared, where the extent along z is zero), about `spacing / 3` wide.
    init(extent: SIMD3<Double>, spacing: Double, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let isImage = extent[0] == 0
        let area = extent[1] * extent[2] / (spacing * spacing)
        let count = Int(isImage ? area : area * extent[0] / spacing)
        blobs = (0..<count).map { _ in
            Blob(
                centre: extent * SIMD3.random(in: 0...1, using: &generator),
                sigma: spacing * .random(in: 0.25...0.4, using: &generator),
                amplitude: .random(in: -1...1, using: &generator))
        }
    }

    /// The voxels of a grid whose corner lies at `corner` micrometres.
    func volume(
        _ shape: Shape, voxelSize: VoxelSize, corner: SIMD3<Double>, noise: Double = 0,
        seed: UInt64 = 0
    ) -> Volume<Float> {
        let edge = voxelSize.vector
        var values = [Float](repeating: 0, count: shape.count)
        for blob in blobs {
            func profile(_ axis: Int, _ extent: Int) -> (Int, [Float]) {
                if axis == 0, shape.isImage { return (0, [1]) }
                let position = (blob.centre[axis] - corner[axis]) / edge[axis]
                let sigma = blob.sigma / edge[axis]
                let first = max(0, Int((position - 4.5 * sigma).rounded(.down)))
                let last = min(extent, Int((position + 4.5 * sigma).rounded(.up)))
                guard first < last else { return (0, []) }
                let edges = (first...last).map {
                    erf((Double($0) - position) / (sigma * 2.0.squareRoot()))
                }
                return (
                    first,
                    zip(edges, edges.dropFirst()).map {
                        Float(($1 - $0) / 2 * (2 * Double.pi).squareRoot() * sigma)
                    }
                )
            }
            let (z0, z) = profile(0, shape.depth)
            let (y0, y) = profile(1, shape.height)
            let (x0, x) = profile(2, shape.width)
            if x.isEmpty || y.isEmpty { continue }
            for (k, zFactor) in z.enumerated() {
                for (j, yFactor) in y.enumerated() {
                    let start = ((z0 + k) * shape.height + y0 + j) * shape.width + x0
                    let factor = Float(blob.amplitude) * zFactor * yFactor
                    for i in x.indices { values[start + i] += factor * x[i] }
                }
            }
        }
        var generator = SplitMix64(seed: seed)
        if noise > 0 {
            for i in values.indices {
                // The sum of twelve uniform numbers is all but normal.
                var sum = -6.0
                for _ in 0..<12 { sum += .random(in: 0..<1, using: &generator) }
                values[i] += Float(noise * sum)
            }
        }
        return Volume(shape: shape, voxelSize: voxelSize, voxels: values)
    }
}
