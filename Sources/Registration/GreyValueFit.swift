import Foundation
public import Volumes

/// How LOW's grey values follow from HIGH's: `low = offset + gain * high`.
public struct GreyValueFit: Hashable, Sendable, Codable {
    /// LOW's grey value where HIGH is zero.
    public let offset: Double
    /// LOW's grey values per grey value of HIGH.
    public let gain: Double
    /// The standard deviation of what the fit leaves, in LOW's grey values, outliers apart.
    public let residualStandardDeviation: Double
    /// Pearson's correlation of LOW and HIGH over all voxels compared.
    public let correlation: Double

    /// Fits the line over the LOW voxels that HIGH covers, HIGH averaged to LOW's voxel and blur.
    ///
    /// Voxels far from the line (rings, dust, what moved between the scans) lose their weight: Tukey's
    /// biweight with the scale taken from the median of the absolute deviations (Huber and Ronchetti
    /// 2009, doi:10.1002/9780470434697).
    ///
    /// - Parameters:
    ///   - low: The coarse scan.
    ///   - high: The fine scan.
    ///   - transform: Takes a point of HIGH to LOW.
    ///   - blurInMicrometres: See ``RegistrationResult/blurInMicrometres``.
    /// - Throws: ``RegistrationError/noOverlap``, ``RegistrationError/notAShift(_:)``,
    ///   ``RegistrationError/constant(_:)`` where HIGH does not vary over the overlap, and what
    ///   ``register(low:high:options:)`` throws for voxel sizes and shapes that do not match.
    public init(
        low: Volume<Float>, high: Volume<Float>, transform: SpatialTransform,
        blurInMicrometres: Double
    ) throws(RegistrationError) {
        let grids = try GridPair(
            low: low.shape, lowVoxelSize: low.voxelSize, high: high.shape,
            highVoxelSize: high.voxelSize)
        guard transform.isShift else { throw .notAShift(transform) }
        guard let region = CoveredRegion(grids: grids, transform: transform).region else {
            throw .noOverlap
        }
        let level = ScanLevel(low: low, high: high, grids: grids, bin: 1)
        let seen = level.sampler(
            first: SIMD3(region.z, region.y, region.x), shape: region.shape,
            shift: transform.translation / grids.highVoxel,
            blur: blurInMicrometres / grids.lowVoxel[2]
        ).sample(high)
        let overlap = Overlap(low: low.cropped(to: region), high: seen)
        let all = overlap.sums(weighing: nil)
        guard all.highVariation > 0 else { throw .constant(.high) }
        var line = Line(all)
        // The weights settle within a few rounds; the bound keeps the time known.
        for _ in 0..<20 {
            let scale = overlap.deviation(from: line)
            guard scale > 0 else { break }
            let next = Line(overlap.sums(weighing: (line, 4.685 * scale)))
            let change = abs(next.gain - line.gain)
            line = next
            if change <= 1e-7 * abs(line.gain) { break }
        }
        offset = line.offset
        gain = line.gain
        residualStandardDeviation = overlap.deviation(from: line)
        correlation = all.correlation
    }
}

private struct Line: Sendable {
    let offset: Double
    let gain: Double

    init(_ sums: LineSums) {
        gain = sums.highVariation > 0 ? sums.covariation / sums.highVariation : 0
        offset = sums.weight > 0 ? (sums.low - gain * sums.high) / sums.weight : 0
    }
}

/// Weighted sums from which a line follows.
private struct LineSums: Sendable {
    var (weight, low, high) = (0.0, 0.0, 0.0)
    var (lowLow, lowHigh, highHigh) = (0.0, 0.0, 0.0)

    var highVariation: Double { max(0, highHigh - high * high / max(weight, 1e-30)) }
    var lowVariation: Double { max(0, lowLow - low * low / max(weight, 1e-30)) }
    var covariation: Double { lowHigh - low * high / max(weight, 1e-30) }
    var correlation: Double {
        let scale = (highVariation * lowVariation).squareRoot()
        return scale > 0 ? covariation / scale : 0
    }

    mutating func add(low l: Double, high h: Double, weight w: Double) {
        weight += w
        low += w * l
        high += w * h
        lowLow += w * l * l
        lowHigh += w * l * h
        highHigh += w * h * h
    }

    static func + (a: LineSums, b: LineSums) -> LineSums {
        var sum = a
        sum.weight += b.weight
        sum.low += b.low
        sum.high += b.high
        sum.lowLow += b.lowLow
        sum.lowHigh += b.lowHigh
        sum.highHigh += b.highHigh
        return sum
    }
}

/// LOW and HIGH on the same voxels.
private struct Overlap: Sendable {
    let low: Volume<Float>
    let high: Volume<Float>

    /// Sums over all voxels, or with the biweight of their distance from a line.
    func sums(weighing: (line: Line, reach: Double)?) -> LineSums {
        let sliceCount = low.shape.sliceCount
        return concurrentMap(count: low.shape.depth) { z in
            let range = (z * sliceCount)..<((z + 1) * sliceCount)
            return low.withVoxels { low in
                high.withVoxels { high in
                    let (low, high) = (low.extracting(range), high.extracting(range))
                    var sums = LineSums()
                    for i in 0..<low.count {
                        let (l, h) = (Double(low[i]), Double(high[i]))
                        var weight = 1.0
                        if let (line, reach) = weighing {
                            let ratio = (l - line.offset - line.gain * h) / reach
                            weight = max(0, 1 - ratio * ratio)
                        }
                        sums.add(low: l, high: h, weight: weight * weight)
                    }
                    return sums
                }
            }
        }.reduce(LineSums(), +)
    }

    /// The standard deviation that a normal distribution of the same median absolute residual has;
    /// of at most some hundred thousand voxels, evenly taken.
    func deviation(from line: Line) -> Double {
        let step = max(1, low.shape.count / 200_000)
        let residuals = low.withVoxels { low in
            high.withVoxels { high in
                stride(from: 0, to: low.count, by: step).map {
                    abs(Double(low[$0]) - line.offset - line.gain * Double(high[$0]))
                }
            }
        }
        return 1.4826 * residuals.sorted()[residuals.count / 2]
    }
}
