import Foundation
import Volumes

/// Whether a fitted pose is to be trusted, and why not.
struct Verdict {
    let fit: PoseFit
    let quality: FitQuality
    /// The poses the search came down to, best first.
    let found: [Capture.Found]
    /// The correlation at every shift of HIGH, turned as it was found.
    let search: TurnedSearch?
    let grids: GridPair
    let limits: PoseLimits

    private var options: RegistrationOptions { limits.options }

    /// Poses tried beside every shift, for the chance that one of them fits: turns about three axes by
    /// steps of some degrees.
    private static let turns = 5_000.0

    /// The score, in deviations of chance, of the shift that was found, and of the best other.
    ///
    /// Among many poses some score high by chance. For independent normal scores the highest of `n` is
    /// about `sqrt(2 ln n)` deviations; a runner-up is never taken to be less. Shifts within a lobe
    /// depend on each other: 27 of them count as one.
    private var standing: (own: Double, other: Double)? {
        guard let search else { return nil }
        let correlation = search.correlation
        let own = search.candidates.filter {
            (search.pose(at: $0)(limits.middle) - fit.pose(limits.middle)).length
                < 2 * search.cell.max()
        }.map(\.score).max()
        guard let own else { return (0, 1) }
        let others = search.candidates.filter {
            (search.pose(at: $0)(limits.middle) - fit.pose(limits.middle)).length
                >= 2 * search.cell.max()
        }.map(\.score).max() ?? 0
        let deviation = max(correlation.chanceDeviation, .leastNormalMagnitude)
        // A pose turned otherwise that explains LOW nearly as well is a runner-up, too.
        var turned = 0.0
        if let best = found.first, best.score > 0 {
            let rivals = found.dropFirst().filter {
                $0.fit.largestMove(from: $0.fit.pose, to: best.fit.pose)
                    > 4 * best.fit.low.cell.max()
            }
            turned = own / deviation * (rivals.map(\.score).max() ?? 0) / best.score
        }
        let tried = max(2, Double(correlation.shifts) / 27) * Self.turns
        let expected = (2 * log(tried)).squareRoot()
        return (own / deviation, max(others / deviation, turned, expected))
    }

    /// The probability that the best of all poses leads the runner-up by this much although none is
    /// right: leads between the two highest of many normal scores are distributed exponentially, with a
    /// mean of one over the runner-up, in deviations.
    private static func chance(_ standing: (own: Double, other: Double)) -> Double {
        standing.own > standing.other
            ? exp(-standing.other * (standing.own - standing.other)) : 1
    }

    /// A pair is trusted when chance explains its lead less than once in a thousand; its confidence is
    /// one half there, and nears the share of agreeing blocks as chance is ruled out.
    private static let chanceAllowed = 1e-3

    /// Figures and verdict together.
    var result: RegistrationResult {
        let standing = standing ?? (own: 0, other: 1)
        let chance = Self.chance(standing)
        let overlap = grids.overlap(fit.pose)
        let lengths = quality.blocks.map { ($0.shift * $0.shift).sum().squareRoot() }.sorted()
        func quantile(_ share: Double) -> Double {
            lengths.isEmpty
                ? .infinity : lengths[min(lengths.count - 1, Int(share * Double(lengths.count)))]
        }
        let reason = reason(
            standing: standing, chance: chance, overlap: overlap.ofSmaller)
        return RegistrationResult(
            transform: fit.pose,
            confidence: quality.agreement / (1 + chance / Self.chanceAllowed),
            accepted: reason == nil, reason: reason, isMirrored: fit.pose.isMirror,
            overlapFraction: overlap.ofHigh, correlation: quality.correlation,
            residualInMicrometres: .init(median: quantile(0.5), p95: quantile(0.95)),
            peakRatio: standing.own / standing.other,
            cornerErrorInMicrometres: quality.cornerError,
            standardErrorInMicrometres: quality.shiftError,
            blurInMicrometres: fit.blur, greyValues: GreyValueFit(fit), blocks: quality.blocks)
    }

    /// Why not, in the order in which a user would ask; `nil` if there is nothing against it.
    ///
    /// One wrong pair in a thousand may lead its runner-up by chance; of such a pair hardly half of
    /// the blocks agree as well, since each then moves where its own noise pulls it.
    private func reason(
        standing: (own: Double, other: Double), chance: Double, overlap: Double
    ) -> String? {
        if chance > Self.chanceAllowed {
            return "No pose stands out: the best scores \(rounded(standing.own / standing.other)) "
                + "times the next, as it would by chance. Check that both scans show the same place "
                + "and that the voxel sizes are right, or give a starting alignment."
        }
        if !fit.converged || quality.agreement < 0.6 {
            return "Only \(rounded(100 * quality.agreement)) % of the blocks agree with the best "
                + "pose, 60 % are needed\(fit.converged ? "" : ", and refining it did not settle"). "
                + "Check the voxel sizes, and whether the sample changed between the scans."
        }
        if overlap < options.minimumOverlap {
            return "The scans share \(rounded(100 * overlap)) % of the smaller one, "
                + "\(rounded(100 * options.minimumOverlap)) % are needed. Scan a larger common "
                + "part, or lower the required overlap."
        }
        if quality.correlation <= 0 {
            return "The grey values do not rise together (correlation "
                + "\(rounded(quality.correlation))). Check whether one scan is inverted."
        }
        if fit.pose.isMirror != options.isMirrored {
            return fit.pose.isMirror
                ? "HIGH is a mirror image of what it shows in LOW. Check the order of its slices, or "
                    + "declare the flip."
                : "HIGH is declared to be mirrored, but it is not. Take the flip back."
        }
        return nil
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
