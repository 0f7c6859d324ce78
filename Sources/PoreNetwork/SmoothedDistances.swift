import Foundation
import Volumes

/// Distances to solid smoothed as `scipy.ndimage.gaussian_filter` smooths single precision: axis by
/// axis from z, sums in double precision from the middle outwards in its order, each axis rounded to
/// single precision, the volume mirrored at its faces. An image has no z.
func smoothedDistances(_ squaredDistances: Volume<UInt32>, sigma: Double) -> Volume<Float> {
    let shape = squaredDistances.shape
    let kernel = GaussianKernel(sigma: sigma)
    return Volume(shape: shape) { z, slice in
        squaredDistances.withVoxels { squared in
            func distances(_ z: Int, _ y: Int) -> [Float] {
                let row = (z * shape.height + y) * shape.width
                let squared = squared.extracting(row..<(row + shape.width))
                return (0..<shape.width).map { Float(squared[$0]).squareRoot() }
            }
            var alongZ: [[Float]] = []
            for y in 0..<shape.height {
                if kernel.radius == 0 || shape.isImage {
                    alongZ.append(distances(z, y))
                } else {
                    alongZ.append(
                        kernel.combine { distances(mirrored(z + $0, shape.depth), y) })
                }
            }
            for y in 0..<shape.height {
                let alongY =
                    kernel.radius == 0
                    ? alongZ[y] : kernel.combine { alongZ[mirrored(y + $0, shape.height)] }
                let alongX = kernel.radius == 0 ? alongY : kernel.apply(along: alongY)
                for x in 0..<shape.width { slice[y * shape.width + x] = alongX[x] }
            }
        }
    }
}

/// A place on a line continued by its mirror image, (d c b a | a b c d | d c b a).
private func mirrored(_ place: Int, _ count: Int) -> Int {
    var place = place
    while place < 0 || place >= count { place = place < 0 ? -place - 1 : 2 * count - 1 - place }
    return place
}

/// The weights of a Gaussian cut off at four standard deviations, from the middle outwards.
private struct GaussianKernel: Sendable {
    private let weights: [Double]

    var radius: Int { weights.count - 1 }

    init(sigma: Double) {
        if sigma == 0 {
            weights = [1]
            return
        }
        let radius = Int(4 * sigma + 0.5)
        let heights = (0...radius).map { exp(-0.5 / (sigma * sigma) * Double($0 * $0)) }
        var total = 0.0
        for offset in -radius...radius { total += heights[abs(offset)] }
        weights = heights.map { $0 / total }
    }

    /// The weighted sum of rows at offsets from the one in hand.
    func combine(_ row: (Int) -> [Float]) -> [Float] {
        var sums = row(0).map { Double($0) * weights[0] }
        for offset in (1...radius).reversed() {
            let (before, after) = (row(-offset), row(offset))
            let weight = weights[offset]
            for x in sums.indices {
                sums[x] += (Double(before[x]) + Double(after[x])) * weight
            }
        }
        return sums.map { Float($0) }
    }

    /// The weighted sums along a row.
    func apply(along row: [Float]) -> [Float] {
        let count = row.count
        var line = [Double](repeating: 0, count: count + 2 * radius)
        for x in line.indices { line[x] = Double(row[mirrored(x - radius, count)]) }
        var result = row
        for x in 0..<count {
            let middle = x + radius
            var sum = line[middle] * weights[0]
            for offset in (1...radius).reversed() {
                sum += (line[middle - offset] + line[middle + offset]) * weights[offset]
            }
            result[x] = Float(sum)
        }
        return result
    }
}
