/// How well a threshold separates the grey values in view into two phases.
public struct PhaseContrast: Codable, Sendable, Hashable {
    /// The share of the grey values' variance that lies between the two classes, 0...1: Otsu's eta.
    ///
    /// Two sharp phases have 1. One Gaussian phase, cut at its mean, has 2/pi = 0.637.
    public let separability: Double
    /// The mean grey value at or below the threshold.
    public let darkerMean: Double
    /// The mean grey value above the threshold.
    public let brighterMean: Double
    /// The distance of the means over the root mean square of the two standard deviations; one
    /// Gaussian phase cut at its mean has 2.65. `nil` where both classes have no spread.
    public let contrastToNoise: Double?

    /// Whether the threshold explains no more than it would of one Gaussian phase, so that pore and
    /// solid cannot be told apart by grey value. 0.65 leaves room for the scatter of a histogram.
    public var looksLikeOnePhase: Bool { separability < 0.65 }

    /// Measures the classes up to `threshold` and above it, to the width of a bin; `nil` if one of
    /// them is empty.
    init?(_ histogram: GreyHistogram, lowerClassUpTo threshold: Double) {
        let counts = histogram.counts
        let split = histogram.firstBin(above: threshold)
        guard let lower = ClassMoments(counts, 0..<split),
            let upper = ClassMoments(counts, split..<counts.count)
        else { return nil }
        let voxels = lower.count + upper.count
        let distance = upper.mean - lower.mean
        let between = lower.count * upper.count / (voxels * voxels) * distance * distance
        let within = (lower.count * lower.variance + upper.count * upper.variance) / voxels
        let noise = ((lower.variance + upper.variance) / 2).squareRoot()
        let offset = histogram.value(ofBin: 0)
        separability = between / (between + within)
        darkerMean = offset + lower.mean * histogram.step
        brighterMean = offset + upper.mean * histogram.step
        contrastToNoise = noise > 0 ? distance / noise : nil
    }

    private enum CodingKeys: String, CodingKey {
        case separability
        case darkerMean = "darker_mean"
        case brighterMean = "brighter_mean"
        case contrastToNoise = "contrast_to_noise"
    }
}

extension GreyHistogram {
    /// The first bin that stands for a grey value above `threshold`, or the end.
    func firstBin(above threshold: Double) -> Int {
        counts.indices.first { value(ofBin: $0) > threshold } ?? counts.count
    }
}

/// Number, mean and variance of the bins of one class.
struct ClassMoments {
    let count: Double
    let mean: Double
    let variance: Double

    init?(_ counts: [Int], _ bins: Range<Int>) {
        let voxels = counts[bins].reduce(0, +)
        guard voxels > 0 else { return nil }
        count = Double(voxels)
        let mean = Double(bins.reduce(0) { $0 + $1 * counts[$1] }) / count
        let squares = bins.reduce(0.0) { sum, bin in
            let deviation = Double(bin) - mean
            return sum + Double(counts[bin]) * deviation * deviation
        }
        self.mean = mean
        variance = squares / count
    }
}
