import Foundation

/// For one axis: which samples of a source make each output, with what weights.
///
/// Positions count in source samples from the corner: the centre of sample `j` is at `j + 0.5`.
/// Samples beyond the ends are mirrored, their weights folded onto the samples they mirror.
struct AxisWeights: Sendable {
    /// Consecutive samples that make one output.
    let taps: Int
    /// The first sample of every output.
    let starts: [Int]
    /// `taps` weights for every output; they add to one.
    let values: [Float]
    /// Their derivatives by the output's position.
    let slopes: [Float]

    /// How many outputs there are.
    var count: Int { starts.count }

    /// All samples that some output needs.
    var support: Range<Int> {
        guard let first = starts.min(), let last = starts.max() else { return 0..<0 }
        return first..<(last + taps)
    }

    /// The same weights for a source that begins at `first`, at or before their support.
    func counted(from first: Int) -> AxisWeights {
        AxisWeights(
            taps: taps, starts: starts.map { $0 - first }, values: values, slopes: slopes)
    }

    /// Weights `kernel(position(k) - centre)` of all samples within `halfWidth`, normalised.
    init(
        count: Int, sampleCount: Int, halfWidth: Double, position: (Int) -> Double,
        kernel: (Double) -> (value: Double, slope: Double)
    ) {
        let taps = min(sampleCount, Int((2 * halfWidth).rounded(.up)) + 1)
        var starts: [Int] = []
        var values: [Float] = []
        var slopes: [Float] = []
        for k in 0..<count {
            let centre = position(k)
            let first = Int((centre - halfWidth - 0.5).rounded(.up))
            let last = Int((centre + halfWidth - 0.5).rounded(.down))
            let start = min(max(first, 0), sampleCount - taps)
            var value = [Double](repeating: 0, count: taps)
            var slope = [Double](repeating: 0, count: taps)
            for sample in first...max(first, last) {
                let (v, s) = kernel(centre - Double(sample) - 0.5)
                let tap = AxisWeights.mirrored(sample, sampleCount) - start
                value[tap] += v
                slope[tap] += s
            }
            let sum = value.reduce(0, +)
            let slopeSum = slope.reduce(0, +)
            starts.append(start)
            values += value.map { Float($0 / sum) }
            slopes += zip(value, slope).map { Float(($1 - $0 * slopeSum / sum) / sum) }
        }
        self.taps = taps
        self.starts = starts
        self.values = values
        self.slopes = slopes
    }

    private init(taps: Int, starts: [Int], values: [Float], slopes: [Float]) {
        self.taps = taps
        self.starts = starts
        self.values = values
        self.slopes = slopes
    }

    /// The weights of some of the outputs.
    func extracting(_ outputs: Range<Int>) -> AxisWeights {
        let range = (outputs.lowerBound * taps)..<(outputs.upperBound * taps)
        return AxisWeights(
            taps: taps, starts: Array(starts[outputs]), values: Array(values[range]),
            slopes: Array(slopes[range]))
    }

    /// The sample below `count` that stands for sample `index` of a scan mirrored at its ends.
    static func mirrored(_ index: Int, _ count: Int) -> Int {
        let period = 2 * count
        let phase = ((index % period) + period) % period
        return phase < count ? phase : period - 1 - phase
    }
}

extension AxisWeights {
    /// The one sample of an axis without extent.
    static let single = AxisWeights(
        count: 1, sampleCount: 1, halfWidth: 0, position: { _ in 0.5 }, kernel: { _ in (1, 0) })

    /// Every sample as it is.
    static func unchanged(count: Int) -> AxisWeights {
        AxisWeights(
            count: count, sampleCount: count, halfWidth: 0, position: { Double($0) + 0.5 },
            kernel: { _ in (1, 0) })
    }

    /// Means under a Gaussian of standard deviation `sigma`, in samples, of at least 0.6.
    static func gaussian(
        count: Int, sampleCount: Int, sigma: Double, position: (Int) -> Double
    ) -> AxisWeights {
        AxisWeights(
            count: count, sampleCount: sampleCount, halfWidth: 4 * sigma, position: position
        ) { u in
            let value = exp(-u * u / (2 * sigma * sigma))
            return (value, -u / (sigma * sigma) * value)
        }
    }

    /// Means over `width` samples, a whole number, about every position.
    static func mean(
        count: Int, sampleCount: Int, width: Double, position: (Int) -> Double
    ) -> AxisWeights {
        AxisWeights(
            count: count, sampleCount: sampleCount, halfWidth: width / 2 - 1e-6, position: position,
            kernel: { _ in (1, 0) })
    }

    /// What a voxel of `width` samples sees through a Gaussian of standard deviation `sigma`: the
    /// box and the Gaussian convolved.
    ///
    /// The kernel is sampled, not integrated, so a shift by part of a sample moves the result
    /// without blurring it more. A `sigma` of at least 0.6 samples keeps that sampling's aliases
    /// below a thousandth for boxes of three samples; at 0.45 they moved shifts by 0.01 samples.
    static func voxel(
        count: Int, sampleCount: Int, width: Double, sigma: Double, position: (Int) -> Double
    ) -> AxisWeights {
        // Four standard deviations leave out 6e-5 of the weight.
        AxisWeights(
            count: count, sampleCount: sampleCount, halfWidth: width / 2 + 4 * sigma,
            position: position
        ) { u in
            let (a, b) = ((u + width / 2) / sigma, (u - width / 2) / sigma)
            let root2 = 2.0.squareRoot()
            let value = (erf(a / root2) - erf(b / root2)) / 2
            let slope = (exp(-a * a / 2) - exp(-b * b / 2)) / (sigma * (2 * Double.pi).squareRoot())
            return (value, slope)
        }
    }

    /// Band-limited interpolation: a sinc under a Kaiser window of six zero crossings, stretched by
    /// `stretch` of at least one where the output is coarser than the source.
    ///
    /// Positions within 1e-4 samples of a centre take that sample unchanged when nothing is
    /// stretched: far finer than any registration, and lattices that coincide stay as they are.
    static func interpolation(
        count: Int, sampleCount: Int, stretch: Double, position: (Int) -> Double
    ) -> AxisWeights {
        let stretch = abs(stretch - 1) < 1e-6 ? 1 : stretch
        return AxisWeights(
            count: count, sampleCount: sampleCount, halfWidth: crossings * stretch,
            position: { k in
                let position = position(k)
                let centre = (position - 0.5).rounded() + 0.5
                return stretch == 1 && abs(position - centre) < 1e-4 ? centre : position
            }
        ) { (windowedSinc($0 / stretch), 0) }
    }

    /// Zero crossings of the sinc to either side.
    static let crossings = 6.0

    /// The sinc under a Kaiser window of six zero crossings.
    static func windowedSinc(_ v: Double) -> Double {
        if v == 0 { return 1 }
        if v == v.rounded() { return 0 }
        let ratio = v / crossings
        guard abs(ratio) < 1 else { return 0 }
        let window = bessel(kaiserShape * (1 - ratio * ratio).squareRoot()) / kaiserNorm
        return sin(.pi * v) / (.pi * v) * window
    }

    /// The window's shape trades the width of the cut-off for ripple; 6 keeps ripple below 1e-3.
    private static let kaiserShape = 6.0
    private static let kaiserNorm = bessel(kaiserShape)

    /// The modified Bessel function of order zero, by its power series.
    private static func bessel(_ x: Double) -> Double {
        var (sum, term, k) = (1.0, 1.0, 1.0)
        while term > sum * 1e-12 {
            term *= (x / (2 * k)) * (x / (2 * k))
            sum += term
            k += 1
        }
        return sum
    }
}
