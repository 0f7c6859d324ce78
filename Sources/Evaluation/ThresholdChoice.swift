import Volumes

/// The grey values of HIGH that part pore from grain in a sweep, around the one of the catalog.
///
/// One well-chosen threshold flatters every method; what a network is worth shows over a range of them
/// (Jackson et al. 2022, doi:10.48550/arXiv.2111.01270). Theirs were 117 of 255 and up to 15 % of it on
/// either side, in a rock whose pores and grains lie at 78 and 156: 22.5 % of the way from one to the
/// other. So far go the thresholds here, in steps of 7.5 %.
public struct ThresholdChoice: Hashable, Sendable, Codable {
    /// The catalog's threshold, in grey values of HIGH.
    public let centre: Double
    /// The middle grey value (median) of HIGH's voxels on the pores' side of it.
    public let pore: Double
    /// The same on the grains' side.
    public let grain: Double
    /// All of them, rising, in grey values of HIGH.
    public let values: [Double]

    /// How far the thresholds lie from the catalog's, by the distance from pore to grain.
    public static let steps = [-0.225, -0.15, -0.075, 0, 0.075, 0.15, 0.225]

    /// The rule in words.
    public static let rule =
        "the catalog's threshold of HIGH and \(steps.last ?? 0) of the distance between the medians of "
        + "HIGH's pore and grain voxels to either side, in \(steps.count) equal steps"

    /// Sets thresholds out around a catalog's.
    init(centre: Double, pore: Double, grain: Double) {
        self.centre = centre
        self.pore = pore
        self.grain = grain
        let distance = abs(grain - pore)
        values = Self.steps.map { $0 == 0 ? centre : centre + $0 * distance }
    }
}

/// Counts of grey values, fine enough for medians: 4096 bins in the window and as many on either side.
struct GreyCounts {
    private static let binsPerWindow = 4096
    private var counts = [Int](repeating: 0, count: 3 * binsPerWindow)

    /// Adds normalised grey values; those beyond the bins count in the outermost.
    mutating func add(_ volume: Volume<Float>) {
        let bins = Float(Self.binsPerWindow)
        let last = Float(counts.count - 1)
        volume.withVoxels { voxels in
            var counts = counts.mutableSpan
            for index in 0..<voxels.count {
                let place = (voxels[index] + 1) * bins
                counts[Int(min(max(place, 0), last))] += 1
            }
        }
    }

    /// The medians at and below, and above, a normalised grey value; `nil` where there is nothing.
    func medians(around threshold: Double) -> (below: Double, above: Double)? {
        let place = (threshold + 1) * Double(Self.binsPerWindow)
        let cut = min(max(Int(place) + 1, 0), counts.count)
        guard let below = median(0..<cut), let above = median(cut..<counts.count) else {
            return nil
        }
        return (below, above)
    }

    private func median(_ bins: Range<Int>) -> Double? {
        let total = counts[bins].reduce(0, +)
        guard total > 0 else { return nil }
        var seen = 0
        for bin in bins {
            seen += counts[bin]
            if 2 * seen >= total {
                return (Double(bin) + 0.5) / Double(Self.binsPerWindow) - 1
            }
        }
        return nil
    }
}
