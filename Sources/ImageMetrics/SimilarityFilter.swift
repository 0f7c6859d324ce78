import Foundation
import Volumes

/// The similarity of a slice, and its part without the means, which coarser scales go by.
struct SimilarityMeans: Sendable {
    /// Luminance, contrast and structure.
    var whole = 0.0
    /// Contrast and structure.
    var contrast = 0.0
}

/// The separable Gaussian over both images, their squares and their product, row by row.
///
/// A row is filtered along x once and kept until the last window that needs it is done.
struct SimilarityFilter<Number: BinaryFloatingPoint & Sendable>: Sendable {
    /// Output rows that one core does in a go; fixed, so that sums do not depend on the cores.
    private static var bandHeight: Int { 32 }

    private let weights: [Number]
    private let meanConstant: Number
    private let spreadConstant: Number

    init(_ variant: StructuralSimilarity) {
        let radius = variant.window / 2
        let values = (-radius...radius).map { offset in
            let distance = Double(offset) / variant.sigmaInVoxels
            return exp(-0.5 * distance * distance)
        }
        let sum = values.reduce(0, +)
        weights = values.map { Number($0 / sum) }
        let (small, large) = (0.01 * variant.dataRange, 0.03 * variant.dataRange)
        meanConstant = Number(small * small)
        spreadConstant = Number(large * large)
    }

    /// The means of every slice over the windows that lie inside it.
    func means(
        _ image: Volume<Float>, _ reference: Volume<Float>
    ) throws(ImageMetricsError) -> [SimilarityMeans] {
        let shape = image.shape
        let (height, width) = (shape.height - weights.count + 1, shape.width - weights.count + 1)
        guard height > 0, width > 0 else { throw .tooSmall(shape, window: weights.count) }
        let bandHeight = SimilarityFilter.bandHeight
        let bands = (height + bandHeight - 1) / bandHeight
        let sums = concurrentMap(count: shape.depth * bands) { index in
            let (z, band) = (index / bands, index % bands)
            let rows = (band * bandHeight)..<min((band + 1) * bandHeight, height)
            return image.withVoxels { image in
                reference.withVoxels { reference in
                    let slice = (z * shape.sliceCount)..<((z + 1) * shape.sliceCount)
                    return sum(
                        image.extracting(slice), reference.extracting(slice), width: shape.width,
                        rows: rows)
                }
            }
        }
        let count = Double(height * width)
        return (0..<shape.depth).map { z in
            var total = SimilarityMeans()
            for band in (z * bands)..<((z + 1) * bands) {
                total.whole += sums[band].whole / count
                total.contrast += sums[band].contrast / count
            }
            return total
        }
    }

    /// The sums over windows whose first rows are `rows`.
    private func sum(
        _ image: Span<Float>, _ reference: Span<Float>, width: Int, rows: Range<Int>
    ) -> SimilarityMeans {
        let window = weights.count
        // Four maps in a row: image, reference, the sum of their squares, their product. The
        // filter runs over all four at once; what it makes of the seams between them is not used.
        var raw = Array(repeating: Number.zero, count: 4 * width)
        let blank = Array(repeating: Number.zero, count: raw.count - window + 1)
        var ring = Array(repeating: blank, count: window)
        var moments = blank
        var total = SimilarityMeans()
        for row in rows.lowerBound..<(rows.upperBound + window - 1) {
            let line = (row * width)..<((row + 1) * width)
            products(image.extracting(line), reference.extracting(line), into: &raw)
            for tap in 0..<window {
                add(raw, from: tap, times: weights[tap], to: &ring[row % window], anew: tap == 0)
            }
            let first = row - window + 1
            guard first >= rows.lowerBound else { continue }
            for tap in 0..<window {
                add(
                    ring[(first + tap) % window], from: 0, times: weights[tap], to: &moments,
                    anew: tap == 0)
            }
            accumulate(moments, stride: width, count: width - window + 1, into: &total)
        }
        return total
    }

    private func products(
        _ image: Span<Float>, _ reference: Span<Float>, into raw: inout [Number]
    ) {
        let width = image.count
        var raw = raw.mutableSpan
        for x in 0..<width {
            let (a, b) = (Number(image[x]), Number(reference[x]))
            raw[x] = a
            raw[width + x] = b
            raw[2 * width + x] = a * a + b * b
            raw[3 * width + x] = a * b
        }
    }

    /// Adds numbers from `start` on, times a weight, to others, or puts them there anew.
    private func add(
        _ source: [Number], from start: Int, times weight: Number, to target: inout [Number],
        anew: Bool
    ) {
        let all = source.span
        let source = all.extracting(start..<(start + target.count))
        var target = target.mutableSpan
        if anew {
            for index in source.indices { target[index] = weight * source[index] }
        } else {
            for index in source.indices { target[index] += weight * source[index] }
        }
    }

    private func accumulate(
        _ moments: [Number], stride: Int, count: Int, into total: inout SimilarityMeans
    ) {
        let all = moments.span
        let first = all.extracting(0..<count)
        let second = all.extracting(stride..<(stride + count))
        let squares = all.extracting((2 * stride)..<(2 * stride + count))
        let products = all.extracting((3 * stride)..<(3 * stride + count))
        var (whole, contrast) = (0.0, 0.0)
        for x in 0..<count {
            let mixed = first[x] * second[x]
            let power = first[x] * first[x] + second[x] * second[x]
            let spread =
                (2 * (products[x] - mixed) + spreadConstant)
                / (squares[x] - power + spreadConstant)
            contrast += Double(spread)
            whole += Double(spread * ((2 * mixed + meanConstant) / (power + meanConstant)))
        }
        total.whole += whole
        total.contrast += contrast
    }
}
