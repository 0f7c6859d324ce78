import Foundation
import Volumes

/// Whether a fitted shift is to be trusted, and why not.
struct Verdict {
    let fit: ShiftRefinement
    let search: CorrelationSearch
    let best: Candidate
    /// HIGH voxels per cell of the search.
    let searchCell: SIMD3<Double>
    let options: RegistrationOptions

    /// The best score of any other shift.
    ///
    /// Among many shifts some score high by chance. For independent normal scores the highest of `n`
    /// is about `sqrt(2 ln n)` deviations; a runner-up is never taken to be less, so that a search
    /// over few shifts does not look safer than it is. Shifts within a lobe depend on each other: 27
    /// of them count as one.
    private var runnerUp: Double {
        let expected = (2 * log(max(2, Double(search.shifts) / 27))).squareRoot()
        let other = search.candidates.filter { $0.cells != best.cells }.map(\.score).max() ?? 0
        return max(other, expected * search.chanceDeviation)
    }

    /// The probability that the best of all shifts leads the runner-up by this much although no
    /// shift is right: leads between the two highest of many normal scores are distributed
    /// exponentially, with a mean of one over the runner-up, in deviations.
    private var chance: Double {
        let deviation = max(search.chanceDeviation, .leastNormalMagnitude)
        let (first, second) = (best.score / deviation, runnerUp / deviation)
        return first > second ? exp(-second * (first - second)) : 1
    }

    /// A pair is trusted when chance explains its lead less than once in a thousand; its confidence is
    /// one half there, and nears the share of agreeing blocks as chance is ruled out.
    private let chanceAllowed = 1e-3

    /// Figures and verdict together.
    var result: RegistrationResult {
        let grids = fit.level.grids
        let agreement = BlockAgreement(fit)
        let overlap = grids.overlap(shift: fit.shift)
        let correlation = fit.correlation()
        let reason = reason(
            agreement: agreement, overlap: overlap.ofSmaller, correlation: correlation)
        var translation = fit.shift * grids.highVoxel
        if grids.isImage { translation[0] = 0 }
        return RegistrationResult(
            transform: SpatialTransform(translation: translation),
            confidence: agreement.share / (1 + chance / chanceAllowed), accepted: reason == nil,
            reason: reason,
            overlapFraction: overlap.ofHigh, correlation: correlation,
            residualInMicrometres: .init(
                median: agreement.quantile(0.5), p95: agreement.quantile(0.95)),
            peakRatio: best.score / max(runnerUp, .leastNormalMagnitude),
            standardErrorInMicrometres: fit.standardError * grids.highVoxel,
            blurInMicrometres: fit.blur * (fit.level.cell * grids.highVoxel)[2])
    }

    /// Why not, in the order in which a user would ask; `nil` if there is nothing against it.
    ///
    /// One wrong pair in a thousand may lead its runner-up by chance; of such a pair hardly half of
    /// the blocks agree as well, since each then moves where its own noise pulls it.
    private func reason(
        agreement: BlockAgreement, overlap: Double, correlation: Double
    ) -> String? {
        let drift = (fit.shift / searchCell - best.position)
        if chance > chanceAllowed {
            return "No shift stands out: the best scores \(rounded(best.score / runnerUp)) times "
                + "the next, as it would by chance. Check that both scans show the same place, the "
                + "same way up, and that the voxel sizes are right."
        }
        if !fit.converged || drift.length > 1.5 {
            return "The best shift could not be refined. Check the voxel sizes, and whether one "
                + "scan is turned against the other."
        }
        if agreement.share < 0.6 {
            return "Only \(rounded(100 * agreement.share)) % of the blocks agree with the best "
                + "shift, 60 % are needed. Check the voxel sizes, and whether one scan is turned "
                + "against the other."
        }
        if overlap < options.minimumOverlap {
            return "The scans share \(rounded(100 * overlap)) % of the smaller one, "
                + "\(rounded(100 * options.minimumOverlap)) % are needed. Scan a larger common "
                + "part, or lower the required overlap."
        }
        if correlation <= 0 {
            return "The grey values do not rise together (correlation \(rounded(correlation))). "
                + "Check whether one scan is inverted."
        }
        return nil
    }

    private func rounded(_ value: Double) -> Double { (value * 100).rounded() / 100 }
}
