import Foundation
import Testing
import Tomography
import Volumes

/// A round rod of one attenuation, and what is known about it on paper.
struct Disc: Sendable {
    let radius: Double
    let attenuation: Double
    /// The centre (y, x), in micrometres.
    let centre: SIMD2<Double>

    /// The line integral at a distance from the centre.
    func lineIntegral(_ distance: Double) -> Double {
        2 * attenuation * max(radius * radius - distance * distance, 0).squareRoot()
    }

    /// The line integral averaged from one distance to another.
    func lineIntegral(from: Double, to: Double) -> Double {
        func primitive(_ u: Double) -> Double {
            let t = min(max(u / radius, -1), 1)
            return attenuation * radius * radius * (t * (1 - t * t).squareRoot() + asin(t))
        }
        return (primitive(to) - primitive(from)) / (to - from)
    }

    /// The disc on pixels of `pixelSize`, each the mean of 8 x 8 points.
    func slice(height: Int, width: Int, pixelSize: Double) -> [Float] {
        (0..<(height * width)).map { index in
            let corner = SIMD2(Double(index / width), Double(index % width))
            var inside = 0
            for sub in 0..<64 {
                let within = SIMD2(Double(sub / 8) + 0.5, Double(sub % 8) + 0.5) / 8
                let offset = (corner + within) * pixelSize - centre
                if (offset * offset).sum() < radius * radius { inside += 1 }
            }
            return Float(attenuation * Double(inside) / 64)
        }
    }

    /// `depth` equal slices of the disc.
    func object(depth: Int, edge: Int, pixelSize: Double) throws -> ScanObject {
        let slice = slice(height: edge, width: edge, pixelSize: pixelSize)
        return try ScanObject(
            shape: Shape(depth: depth, height: edge, width: edge),
            voxelSize: try #require(VoxelSize(micrometres: pixelSize))
        ) { _ in slice }
    }
}

/// A grid of cubic voxels.
func grid(
    depth: Int = 1, height: Int, width: Int, voxelSize: Double,
    corner: SIMD3<Double> = SIMD3(0, 0, 0)
) throws -> ReconstructionGrid {
    try ReconstructionGrid(
        shape: Shape(depth: depth, height: height, width: width),
        voxelSize: try #require(VoxelSize(micrometres: voxelSize)), corner: corner)
}

/// The mean of numbers.
func mean(_ numbers: [Double]) -> Double { numbers.reduce(0, +) / Double(numbers.count) }

/// The variance of numbers.
func variance(_ numbers: [Double]) -> Double {
    let middle = mean(numbers)
    return mean(numbers.map { ($0 - middle) * ($0 - middle) })
}
