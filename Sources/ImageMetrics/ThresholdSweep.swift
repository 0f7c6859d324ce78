/// How far a quantity of an upscaled scan lies from that of the fine scan, over thresholds.
///
/// One threshold may flatter a method; over a range of them its robustness shows (Jackson et al.
/// 2021, doi:10.48550/arXiv.2111.01270).
public struct ThresholdSweep: Hashable, Sendable, Codable {
    /// What one threshold makes of both scans.
    public struct Row: Hashable, Sendable, Codable {
        /// The grey value up to which a voxel is pore.
        public let threshold: Double
        /// The mean of the fine scan's slabs, weighted by their depth.
        public let reference: Double
        /// The mean of the judged scan's slabs.
        public let value: Double
        /// Slabs that count; those in which either scan lacks the quantity do not.
        public let slabs: Int

        /// `value - reference`: which way it errs.
        public var bias: Double { value - reference }
        /// How far it errs by the reference; `nil` where that is zero.
        public var relativeError: Double? {
            reference == 0 ? nil : abs(bias) / abs(reference)
        }
    }

    /// By threshold, in the order given; those at which no slab counts are left out.
    public let rows: [Row]
    private let reference: SweptQuantity
    private let judged: SweptQuantity

    /// Compares two scans that were measured at the same thresholds and in the same slabs.
    ///
    /// - Throws: ``ImageMetricsError/sweepsDiffer`` otherwise.
    public init(
        _ judged: SweptQuantity, reference: SweptQuantity
    ) throws(ImageMetricsError) {
        guard judged.thresholds == reference.thresholds,
            judged.slabDepths == reference.slabDepths
        else { throw .sweepsDiffer }
        self.judged = judged
        self.reference = reference
        rows = ThresholdSweep.rows(
            judged, reference, slabs: Array(judged.slabDepths.indices))
    }

    /// The mean over thresholds of value minus reference; `nil` without any row.
    public var meanBias: Double? { ThresholdSweep.meanBias(rows) }

    /// The mean over thresholds of the relative errors; `nil` if none has one.
    public var meanRelativeError: Double? { ThresholdSweep.meanRelativeError(rows) }

    /// Where the means lie if other slabs of the same rock had been scanned.
    public struct Intervals: Hashable, Sendable, Codable {
        /// The part of resamples inside each interval.
        public let confidence: Double
        /// Of ``ThresholdSweep/meanBias``.
        public let bias: ClosedRange<Double>
        /// Of ``ThresholdSweep/meanRelativeError``.
        public let relativeError: ClosedRange<Double>
    }

    /// Percentile intervals from slabs drawn anew with replacement (Efron 1979,
    /// doi:10.1214/aos/1176344552), the same slabs for both scans and all thresholds.
    ///
    /// Neighbouring slices look alike, so slabs of one slice give intervals that are too narrow;
    /// slabs as thick as a few grains do not.
    ///
    /// - Returns: `nil` for fewer than two slabs, or where draws leave no value.
    public func intervals(
        confidence: Double = 0.95, resamples: Int = 1000,
        using generator: inout some RandomNumberGenerator
    ) -> Intervals? {
        ThresholdSweep.intervals(
            of: [self], confidence: confidence, resamples: resamples, using: &generator)
    }

    /// Intervals of the means over several rocks: each time as many of them are drawn with replacement,
    /// and slabs of each.
    ///
    /// - Returns: `nil` where nothing can be drawn in two ways, or where draws leave no value.
    public static func intervals(
        of sweeps: [ThresholdSweep], confidence: Double = 0.95, resamples: Int = 1000,
        using generator: inout some RandomNumberGenerator
    ) -> Intervals? {
        precondition(
            confidence > 0 && confidence < 1 && resamples > 0,
            "a confidence lies between zero and one, and there are resamples")
        guard sweeps.count > 1 || sweeps.contains(where: { $0.judged.slabDepths.count > 1 }) else {
            return nil
        }
        var biases: [Double] = []
        var errors: [Double] = []
        for _ in 0..<resamples {
            var (bias, error) = (0.0, 0.0)
            for place in sweeps.indices {
                let drawn =
                    sweeps.count == 1 ? place : Int.random(in: sweeps.indices, using: &generator)
                let sweep = sweeps[drawn]
                let count = sweep.judged.slabDepths.count
                let slabs = (0..<count).map { _ in Int.random(in: 0..<count, using: &generator) }
                let rows = rows(sweep.judged, sweep.reference, slabs: slabs)
                guard let meanBias = meanBias(rows), let meanError = meanRelativeError(rows) else {
                    return nil
                }
                bias += meanBias
                error += meanError
            }
            biases.append(bias / Double(sweeps.count))
            errors.append(error / Double(sweeps.count))
        }
        return Intervals(
            confidence: confidence, bias: interval(biases, confidence),
            relativeError: interval(errors, confidence))
    }

    private static func rows(
        _ judged: SweptQuantity, _ reference: SweptQuantity, slabs: [Int]
    ) -> [Row] {
        judged.thresholds.indices.compactMap { threshold in
            var (sum, referenceSum, weight, count) = (0.0, 0.0, 0.0, 0)
            for slab in slabs {
                guard let value = judged.values[threshold][slab],
                    let truth = reference.values[threshold][slab]
                else { continue }
                let depth = Double(judged.slabDepths[slab])
                sum += depth * value
                referenceSum += depth * truth
                weight += depth
                count += 1
            }
            guard count > 0 else { return nil }
            return Row(
                threshold: judged.thresholds[threshold], reference: referenceSum / weight,
                value: sum / weight, slabs: count)
        }
    }

    private static func meanBias(_ rows: [Row]) -> Double? {
        rows.isEmpty ? nil : rows.map(\.bias).mean
    }

    private static func meanRelativeError(_ rows: [Row]) -> Double? {
        let errors = rows.compactMap(\.relativeError)
        return errors.isEmpty ? nil : errors.mean
    }

    private static func interval(
        _ numbers: [Double], _ confidence: Double
    ) -> ClosedRange<Double> {
        let sorted = numbers.sorted()
        func quantile(_ part: Double) -> Double {
            let place = part * Double(sorted.count - 1)
            let low = Int(place)
            let high = min(low + 1, sorted.count - 1)
            return sorted[low] + (place - Double(low)) * (sorted[high] - sorted[low])
        }
        let tail = (1 - confidence) / 2
        return quantile(tail)...max(quantile(tail), quantile(1 - tail))
    }
}
