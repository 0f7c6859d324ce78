/// Puts the boundary between the phases where the edge is, instead of at one grey value: a
/// watershed of the gradient from markers of either phase.
///
/// Voxels up to one grey value surely belong to the darker phase, voxels above another surely to
/// the brighter one; those between are flooded from them, the flattest first, so that the phases
/// meet where the gradient of the denoised scan is steepest. It pays where no one grey value is
/// half way between pore and solid everywhere. Where one is, Otsu's threshold does as well or
/// better: a voxel on the ridge itself goes to the side that is flatter, which is the solid's
/// around a small pore, and the steepest place of a blurred ball lies inside it. On phantoms of one
/// contrast, pores of 6 to 14 voxels blurred by one came out a tenth too small. A pore too small
/// for one sure voxel is flooded by the solid around it, and the other way about.
public struct GradientWatershed: Codable, Sendable, Hashable {
    /// The greatest grey value that is surely of the darker phase; `nil` for the mean of the voxels
    /// at or below the threshold plus ``spreads`` of their standard deviations, and not beyond the
    /// threshold.
    public let darkerUpTo: Double?
    /// The grey value above which all is surely of the brighter phase; `nil` for the mean of the
    /// voxels above the threshold less ``spreads`` of their standard deviations, and not below the
    /// threshold.
    public let brighterAbove: Double?
    /// How many standard deviations from a class's mean the sure voxels end.
    public let spreads: Double

    /// Markers by given grey values, or by the classes' means and spreads.
    public init(darkerUpTo: Double? = nil, brighterAbove: Double? = nil, spreads: Double = 1) {
        self.darkerUpTo = darkerUpTo
        self.brighterAbove = brighterAbove
        self.spreads = spreads
    }

    /// Reads what is given; a key left out has the value it has in a watershed that says nothing of
    /// it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            darkerUpTo: try container.decodeIfPresent(Double.self, forKey: .darkerUpTo),
            brighterAbove: try container.decodeIfPresent(Double.self, forKey: .brighterAbove),
            spreads: try container.decodeIfPresent(Double.self, forKey: .spreads) ?? 1)
    }

    /// What was flooded.
    public struct Report: Codable, Sendable, Hashable {
        /// The greatest grey value of the darker phase's markers.
        public let darkerUpTo: Double
        /// The grey value above which the brighter phase's markers lie.
        public let brighterAbove: Double
        /// Voxels between the markers.
        public let floodedVoxels: Int

        private enum CodingKeys: String, CodingKey {
            case darkerUpTo = "darker_up_to"
            case brighterAbove = "brighter_above"
            case floodedVoxels = "flooded_voxels"
        }
    }

    private enum CodingKeys: String, CodingKey {
        case spreads
        case darkerUpTo = "darker_up_to"
        case brighterAbove = "brighter_above"
    }

    /// The grey values at which markers end.
    func limits(
        _ histogram: GreyHistogram, threshold: Double
    ) throws(SegmentationError) -> (darker: Double, brighter: Double) {
        guard spreads.isFinite, spreads >= 0 else { throw .markersUnclear(spreads: spreads) }
        let split = histogram.firstBin(above: threshold)
        func limit(_ bins: Range<Int>, _ side: Double) -> Double {
            guard let moments = ClassMoments(histogram.counts, bins) else { return threshold }
            let mean = histogram.value(ofBin: 0) + moments.mean * histogram.step
            return mean + side * spreads * moments.variance.squareRoot() * histogram.step
        }
        let darker = darkerUpTo ?? min(limit(0..<split, 1), threshold)
        // A class of one grey value has no spread: its voxels are markers all the same.
        let top = histogram.occupiedBins.map { histogram.value(ofBin: $0.upperBound) } ?? threshold
        let brightest = min(
            limit(split..<histogram.counts.count, -1), top - histogram.step / 2)
        let brighter = brighterAbove ?? max(brightest, threshold)
        guard darker.isFinite, brighter.isFinite, darker <= brighter else {
            throw .markersOutOfOrder(darker: darker, brighter: brighter)
        }
        return (darker, brighter)
    }
}
