import Foundation
import Volumes

/// Whether a fitted pose is to be trusted, and why not.
struct Verdict {
    let fit: PoseFit
    let quality: FitQuality
    let standing: Standing
    let grids: GridPair
    let options: RegistrationOptions

    /// Figures and verdict together.
    var result: RegistrationResult {
        let overlap = grids.overlap(fit.pose)
        let lengths = quality.blocks.map { ($0.shift * $0.shift).sum().squareRoot() }.sorted()
        func quantile(_ share: Double) -> Double {
            lengths.isEmpty ? .infinity : lengths.quantile(share)
        }
        let reason = reason(overlap: overlap.ofSmaller)
        return RegistrationResult(
            transform: fit.pose, model: fit.model,
            confidence: quality.agreement / (1 + standing.chance / Standing.chanceAllowed),
            accepted: reason == nil, reason: reason, isMirrored: fit.pose.isMirror,
            overlapFraction: overlap.ofHigh, correlation: quality.correlation,
            residualInMicrometres: .init(median: quantile(0.5), p95: quantile(0.95)),
            peakRatio: standing.ratio,
            cornerErrorInMicrometres: quality.cornerError,
            standardErrorInMicrometres: quality.shiftError,
            blurInMicrometres: fit.blur, greyValues: GreyValueFit(fit), blocks: quality.blocks)
    }

    /// Why not, in the order in which a user would ask; `nil` if there is nothing against it.
    ///
    /// One wrong pair in a thousand may lead its runner-up by chance; of such a pair hardly half of
    /// the blocks agree as well, since each then moves where its own noise pulls it.
    private func reason(overlap: Double) -> String? {
        // Where a rock repeats itself, all of its places score alike, as chance would have it; but the
        // blocks agree.
        let repeats = quality.agreement >= 0.9 && quality.correlation > 0.5
        if standing.isChance, !repeats {
            return
                "No pose stands out: the best scores \(rounded(standing.ratio)) times the next, as "
                + "it would by chance. Check that both scans show the same place and that the voxel "
                + "sizes are right, or give a starting alignment."
        }
        if standing.isChance || standing.isAmbiguous {
            return
                "Another pose fits as well: the best scores \(rounded(standing.ratio)) times the "
                + "next. The rock repeats itself; give a starting alignment."
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
