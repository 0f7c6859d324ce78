import Foundation
import Volumes

/// Distances to solid of some slices, smoothed as `scipy.ndimage.gaussian_filter` smooths single precision: axis by
/// axis from z, sums in double precision from the middle outwards in its order, each axis rounded to
/// single precision, the volume mirrored at its faces. An image has no z.
func smoothedDistances(
    _ squaredDistances: Volume<UInt32>, slices: Range<Int>, sigma: Double
) -> Volume<Float> {
    let shape = squaredDistances.shape
    let kernel = GaussianKernel(sigma: sigma)
    return Volume(shape: shape.withDepth(slices.count)) { index, slice in
        let z = slices.lowerBound + index
        squaredDistances.withVoxels { squared in
            var sums = [Double](repeating: 0, count: shape.width)
            for y in 0..<shape.height {
                kernel.sumAlongZ(squared, z: z, y: y, in: shape, &sums)
                for x in 0..<shape.width { slice[y * shape.width + x] = Float(sums[x]) }
            }
        }
        if kernel.radius == 0 { return }
        let alongZ = (0..<slice.count).map { slice[$0] }
        var sums = [Double](repeating: 0, count: shape.width)
        var line = [Double](repeating: 0, count: shape.width + 2 * kernel.radius)
        for y in 0..<shape.height {
            kernel.sumAlongY(alongZ.span, y: y, in: shape, &sums)
            kernel.fill(&line, sums)
            kernel.sumAlongX(line, &sums)
            for x in 0..<shape.width { slice[y * shape.width + x] = Float(sums[x]) }
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

    /// Sums the distances of a row and of those before and behind it; just the row's in an image.
    func sumAlongZ(
        _ squared: Span<UInt32>, z: Int, y: Int, in shape: Shape, _ sums: inout [Double]
    ) {
        func row(_ z: Int) -> Range<Int> {
            let first = (mirrored(z, shape.depth) * shape.height + y) * shape.width
            return first..<(first + shape.width)
        }
        let middle = squared.extracting(row(z))
        let isAlone = radius == 0 || shape.isImage
        let weight = isAlone ? 1 : weights[0]
        for x in 0..<middle.count { sums[x] = Double(distance(middle[x])) * weight }
        if isAlone { return }
        for offset in (1...radius).reversed() {
            let before = squared.extracting(row(z - offset))
            let after = squared.extracting(row(z + offset))
            let weight = weights[offset]
            for x in 0..<before.count {
                let both = Double(distance(before[x])) + Double(distance(after[x]))
                sums[x] += both * weight
            }
        }
    }

    /// Sums a row and those above and below it.
    func sumAlongY(_ slice: Span<Float>, y: Int, in shape: Shape, _ sums: inout [Double]) {
        func row(_ y: Int) -> Range<Int> {
            let first = mirrored(y, shape.height) * shape.width
            return first..<(first + shape.width)
        }
        let middle = slice.extracting(row(y))
        for x in 0..<middle.count { sums[x] = Double(middle[x]) * weights[0] }
        for offset in (1...radius).reversed() {
            let before = slice.extracting(row(y - offset))
            let after = slice.extracting(row(y + offset))
            let weight = weights[offset]
            for x in 0..<before.count {
                sums[x] += (Double(before[x]) + Double(after[x])) * weight
            }
        }
    }

    /// Rounds a row to single precision and mirrors it at its ends.
    func fill(_ line: inout [Double], _ row: [Double]) {
        for x in row.indices { line[x + radius] = Double(Float(row[x])) }
        for x in 0..<radius {
            line[x] = line[radius + mirrored(x - radius, row.count)]
            line[radius + row.count + x] = line[radius + mirrored(row.count + x, row.count)]
        }
    }

    /// Sums along a row that is mirrored at its ends.
    func sumAlongX(_ line: [Double], _ sums: inout [Double]) {
        let line = line.span
        let count = sums.count
        let middle = line.extracting(radius..<(radius + count))
        for x in 0..<count { sums[x] = middle[x] * weights[0] }
        for offset in (1...radius).reversed() {
            let before = line.extracting((radius - offset)..<(radius - offset + count))
            let after = line.extracting((radius + offset)..<(radius + offset + count))
            let weight = weights[offset]
            for x in 0..<count { sums[x] += (before[x] + after[x]) * weight }
        }
    }

    @inline(__always)
    private func distance(_ squared: UInt32) -> Float { Float(squared).squareRoot() }
}
