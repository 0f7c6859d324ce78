import Foundation
import Randomness
import Volumes

/// How far a fitted pose is to be trusted, from what its cells say block by block.
struct FitQuality: Sendable {
    /// What every block would move by, fitted for itself.
    let blocks: [BlockShift]
    /// The share of blocks with texture that correlate and want to move less than a third of a cell, or
    /// less than noise may move them; none if there are not two blocks to compare.
    let agreement: Double
    /// Pearson's correlation of LOW, less the slow field, with HIGH.
    let correlation: Double
    /// The error at HIGH's worst corner that 95 of 100 fits stay below, in um of LOW.
    let cornerError: Double
    /// The covariance of the fit's motions, in um^2; see ``Motion``.
    let covariance: [[Double]]
    /// The standard errors (z, y, x) of the shift of the overlap's middle, in um.
    let shiftError: SIMD3<Double>

    /// - Parameter fitsBlur: Whether the blur was fitted along with the pose.
    init(_ fit: PoseFit, fitsBlur: Bool) {
        guard fit.cells > 0 else {
            (blocks, agreement, correlation, cornerError) = ([], 0, 0, .infinity)
            (covariance, shiftError) = ([], SIMD3(repeating: .infinity))
            return
        }
        let view = fit.look(fitsBlur: fitsBlur)
        let sums = BlockSums.all(fit, view: view, grid: BlockGrid(fit))
        (blocks, agreement) = FitQuality.blocks(sums, fit)
        correlation = sums.reduce(GreySums()) { $0 + $1.grey }.correlation
        let covariance = FitQuality.covariance(sums, fit)
        self.covariance = covariance
        cornerError = FitQuality.cornerError(fit, covariance)
        var errors = SIMD3<Double>()
        for (index, axis) in ((fit.isImage ? 1 : 0)..<3).enumerated() {
            errors[axis] = covariance[index][index].squareRoot()
        }
        shiftError = errors
    }

    /// How the motions spread over fits that each leave one block out (the jackknife: Efron 1982,
    /// doi:10.1137/1.9781611970319), which does not need noise to be white within a block.
    private static func covariance(_ sums: [BlockSums], _ fit: PoseFit) -> [[Double]] {
        let first = fit.grey.field.count + 2
        let motions = fit.motions.count
        var covariance = [[Double]](
            repeating: [Double](repeating: 0, count: motions), count: motions)
        let used = sums.filter { $0.grey.weight > 0 }
        guard used.count > 1 else {
            return covariance.map { $0.map { _ in .infinity } }
        }
        let all = used.dropFirst().reduce(into: used[0].sums) { $0 += $1.sums }
        let steps = concurrentMap(count: used.count) { index in
            var rest = all
            rest -= used[index].sums
            return Array(rest.solve().values[first..<(first + motions)])
        }
        let middle = all.solve().values[first..<(first + motions)]
        // The weights of outliers follow the pose; held fixed, as here, they would make it look firmer:
        // a residual beyond the bound pulls by its sign alone (Huber 1964).
        let (weight, inliers) = used.reduce((0.0, 0.0)) {
            ($0.0 + $1.grey.weight, $0.1 + $1.inliers)
        }
        let softness = weight / max(1, inliers)
        let share = Double(used.count - 1) / Double(used.count) * softness * softness
        for step in steps {
            let apart = zip(step, middle).map { $0 - $1 }
            for (i, a) in apart.enumerated() {
                for (j, b) in apart.enumerated() { covariance[i][j] += share * a * b }
            }
        }
        return covariance
    }

    /// The 95th percentile of the largest move of a corner, over poses drawn from the covariance.
    private static func cornerError(_ fit: PoseFit, _ covariance: [[Double]]) -> Double {
        guard covariance.allSatisfy({ $0.allSatisfy(\.isFinite) }) else { return .infinity }
        let eigen = SymmetricEigen(covariance)
        let axes = zip(eigen.values, eigen.vectors).map { value, vector in
            vector.map { $0 * max(0, value).squareRoot() }
        }
        let corners = fit.template.corners.map { (fit.pose($0) - fit.middle) / fit.reach }
        let motions = fit.motions
        // What one deviation along every axis does to every corner.
        let moves = axes.map { axis in
            corners.map { corner in
                zip(motions, axis).reduce(SIMD3<Double>()) {
                    $0 + SIMD3<Double>($1.0(SIMD3<Float>(corner))) * $1.1
                }
            }
        }
        var generator = SplitMix64(seed: 1)
        let normal = NormalDistribution()
        let errors = (0..<2000).map { _ -> Double in
            var sums = [SIMD3<Double>](repeating: SIMD3(), count: corners.count)
            for move in moves {
                let draw = normal.draw(using: &generator)
                for corner in sums.indices { sums[corner] += move[corner] * draw }
            }
            return sums.map(\.length).max() ?? 0
        }.sorted()
        return errors[1900]
    }

    private static func blocks(
        _ sums: [BlockSums], _ fit: PoseFit
    ) -> (blocks: [BlockShift], agreement: Double) {
        // A block without texture, such as one within a grain or in air, can neither agree nor not.
        let textures = sums.map { $0.grey.highVariation / max(1, $0.grey.weight) }
        // Where grains are larger than blocks, most blocks may be without.
        let typical = textures.reduce(0, +) / Double(textures.count)
        // Five unknowns are fitted to each block.
        let fewest = fit.isImage ? 12.0 : 20.0
        var (textured, agreeing, blocks) = (0, 0, [BlockShift]())
        for (block, texture) in zip(sums, textures)
        where texture > 0.05 * typical && block.grey.weight >= fewest {
            textured += 1
            guard let own = block.ownShift(of: fit) else { continue }
            let relative = (own.shift / fit.low.cell).length
            let noise = (own.covariance.variances / (fit.low.cell * fit.low.cell)).sum()
                .squareRoot()
            let correlation = block.grey.correlation
            if correlation > 0, relative < max(1.0 / 3, 2 * noise), noise < 1 { agreeing += 1 }
            blocks.append(
                BlockShift(
                    position: block.middle, shift: own.shift,
                    covariance: own.covariance, correlation: correlation, cells: block.grey.weight))
        }
        return (blocks, textured > 1 ? Double(agreeing) / Double(textured) : 0)
    }
}
