import Foundation
import Volumes

/// How far the best pose stands out from all others, in deviations of what chance does to a score.
struct Standing: Sendable {
    /// The score of the best pose.
    let own: Double
    /// The best score of any other pose.
    private let rival: Double
    /// The best score that chance is expected to reach over all poses tried.
    private let expected: Double

    /// The lead over the runner-up, as a factor.
    var ratio: Double { own / runnerUp }

    /// A runner-up is never taken to be less than what chance reaches, so that a search over few
    /// poses does not look safer than it is.
    private var runnerUp: Double { max(rival, expected) }

    /// Orientations beside every shift that chance has: turns by some ten degrees about three axes.
    private static let turns = 5_000.0

    /// - Parameters:
    ///   - found: The poses that the search came down to, best first; at least one.
    ///   - search: The correlation at every shift of HIGH, turned as the best pose has it.
    init(_ found: [Capture.Found], search: TurnedSearch?, limits: PoseLimits) {
        let best = found[0]
        guard let search else {
            (own, rival, expected) = (0, 0, 1)
            return
        }
        let deviation = max(search.correlation.chanceDeviation, .leastNormalMagnitude)
        let near = (CorrelationSearch.expectedReach + 0.5) * search.cell.max()
        func distance(_ pose: SpatialTransform) -> Double {
            (pose(limits.middle) - best.pose(limits.middle)).length
        }
        let shifts = search.candidates.map { (distance: distance(search.pose(at: $0)), $0.score) }
        own = max(0, search.correlation.expectedScore) / deviation
        let shifted = (shifts.filter { $0.distance >= near }.map(\.1).max() ?? 0) / deviation
        // A pose turned otherwise that explains LOW nearly as well is a runner-up, too; one that takes
        // HIGH's corners nearly to the same places is the same pose, not refined to its end.
        let apart = max(2 * near, 0.25 * (limits.corners[7] - limits.corners[0]).length)
        let others = found.dropFirst().filter { other in
            let ends = limits.corners.map { (other.pose($0) - best.pose($0)).length }
            return ends.max() ?? 0 > apart
        }
        let turned =
            best.score > 0 ? own * (others.map(\.score).max() ?? 0) / best.score : 0
        rival = max(shifted, turned)
        // The highest of n independent normal scores is about sqrt(2 ln n) deviations. Shifts within a
        // lobe depend on each other: 27 of them count as one.
        let tried = max(2, Double(search.correlation.shifts) / 27) * Self.turns
        expected = (2 * log(tried)).squareRoot()
    }

    /// The probability that the best of all poses leads the runner-up by this much although none is
    /// right: leads between the two highest of many normal scores are distributed exponentially, with
    /// a mean of one over the runner-up, in deviations.
    var chance: Double { own > runnerUp ? exp(-runnerUp * (own - runnerUp)) : 1 }

    /// A pair is trusted when chance explains its lead less than once in a thousand; its confidence is
    /// one half there, and nears the share of agreeing blocks as chance is ruled out.
    static let chanceAllowed = 1e-3

    /// Whether chance may have put this pose first.
    var isChance: Bool { own < expected || exp(-expected * (own - expected)) > Self.chanceAllowed }

    /// Whether the best pose is real, but another is nearly as good: in a rock that repeats itself the
    /// next place scores as much but for noise and the border, elsewhere a third of it at most.
    var isAmbiguous: Bool { !isChance && rival > 0.75 * own }
}
