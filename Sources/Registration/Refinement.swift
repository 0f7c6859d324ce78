import Foundation
import Volumes

/// The way from a pose that the search found to the noise limit.
struct Refinement: Sendable {
    let template: HighTemplate
    /// LOW about HIGH, on the finest cells.
    let cells: LowCells
    /// A move of HIGH's corners, in um, that is too small to matter.
    let tolerance: Double
    /// Whether a few steps are enough, as for a pose that chance explains.
    let isQuick: Bool

    /// Cells from which on most of the way is gone on cells twice as wide.
    private static let many = 400_000

    func callAsFunction(
        _ model: RegistrationOptions.Model, from pose: SpatialTransform, blur: Double
    ) -> Refined {
        var fit = PoseFit(template: template, low: cells, pose: pose, blur: blur, model: model)
        if cells.shape.count > Self.many, !isQuick {
            var wide = fit.going(on: cells.binned(by: 2))
            wide.run(tolerance: 5 * tolerance, steps: 20, fitsBlur: true)
            if wide.converged { fit = wide.going(on: cells) }
        }
        fit.run(
            tolerance: isQuick ? 100 * tolerance : tolerance, steps: isQuick ? 4 : 20,
            fitsBlur: true)
        // Rings and pose are nearly independent, so a few rounds tell them apart.
        for _ in 0..<2 where !isQuick && fit.fitRings() {
            fit.run(tolerance: tolerance, steps: 20, fitsBlur: true)
        }
        return Refined(fit: fit, quality: FitQuality(fit, fitsBlur: true))
    }
}

/// A fit at the noise limit, and how good it is.
struct Refined {
    let fit: PoseFit
    let quality: FitQuality

    /// The shift that the scans do not tell from this similarity: its turn and growth are no larger than
    /// what noise alone makes in 99 of 100 fits (Wald's test); `nil` if they are.
    ///
    /// Where a sample was not moved between its scans, a shift is known several times better at the
    /// corners.
    var shift: SpatialTransform? {
        guard fit.model == .similarity, fit.converged, !fit.pose.isMirror else { return nil }
        let turn = fit.pose.rotationInDegrees * (.pi / 180)
        let isImage = fit.isImage
        let amounts = (isImage ? [turn[0]] : [turn[0], turn[1], turn[2]]) + [fit.pose.scale - 1]
        let first = isImage ? 2 : 3
        let covariance = quality.covariance.dropFirst(first).map { Array($0.dropFirst(first)) }
        let eigen = SymmetricEigen(covariance)
        guard let least = eigen.values.first, least > 0 else { return nil }
        let statistic = zip(eigen.values, eigen.vectors).reduce(0.0) { sum, axis in
            let along = zip(axis.1, amounts).reduce(0) { $0 + $1.0 * $1.1 * fit.reach }
            return sum + along * along / axis.0
        }
        // The 99th percentiles of chi-square with two and four degrees of freedom.
        guard statistic < (isImage ? 9.21 : 13.28) else { return nil }
        return SpatialTransform(
            translation: fit.middle - fit.pose.inverse(fit.middle))
    }
}
