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
    /// The standard errors (z, y, x) of the shift of the overlap's middle, in um.
    let shiftError: SIMD3<Double>

    /// - Parameter fitsBlur: Whether the blur was fitted along with the pose.
    init(_ fit: PoseFit, fitsBlur: Bool) {
        let view = fit.template.seen(pose: fit.pose, cell: fit.low.cell, blur: fit.blur)
        let blurView =
            fitsBlur
            ? fit.template.seen(
                pose: fit.pose, cell: fit.low.cell, blur: fit.blur, part: .blurDerivative) : nil
        let grid = BlockGrid(fit)
        let sums = BlockSums.all(fit, view: view, blurView: blurView, grid: grid)
        let all = fit.sums(view, motions: fit.motions, blurView: blurView)
        let solution = all.solve()
        (blocks, agreement) = FitQuality.blocks(sums, fit)
        correlation = sums.reduce(GreySums()) { $0 + $1.grey }.correlation
        let first = fit.grey.field.count + 2
        let motions = fit.motions.count
        // The score of a block, solved, is what the block alone does to the solution; their squares add
        // to a covariance that does not need noise to be white (Huber 1967; Liang and Zeger 1986,
        // doi:10.1093/biomet/73.1.13).
        var covariance = [[Double]](
            repeating: [Double](repeating: 0, count: motions), count: motions)
        var pulls = 0
        for block in sums where block.grey.weight > 0 {
            let pull = solution.solved(block.scores)[first..<(first + motions)]
            pulls += 1
            for (i, a) in pull.enumerated() {
                for (j, b) in pull.enumerated() { covariance[i][j] += a * b }
            }
        }
        // Each block pulls the fit towards itself, which hides part of what it says.
        let factor = pulls > 1 ? Double(pulls) / Double(pulls - 1) : .infinity
        covariance = covariance.map { $0.map { $0 * factor } }
        cornerError = FitQuality.cornerError(fit, covariance)
        var errors = SIMD3<Double>()
        for (index, axis) in ((fit.isImage ? 1 : 0)..<3).enumerated() {
            errors[axis] = covariance[index][index].squareRoot()
        }
        shiftError = errors
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
        let typical = textures.sorted()[textures.count / 2]
        var (textured, agreeing, blocks) = (0, 0, [BlockShift]())
        for (block, texture) in zip(sums, textures)
        where texture > 0.05 * typical && block.grey.weight >= 64 {
            textured += 1
            guard let own = block.solve(isImage: fit.isImage) else { continue }
            let relative = (own.shift / fit.low.cell).length
            let noise = (own.covariance.variances / (fit.low.cell * fit.low.cell)).sum().squareRoot()
            let correlation = block.grey.correlation
            if correlation > 0, relative < max(1.0 / 3, 2 * noise), noise < 1 { agreeing += 1 }
            blocks.append(
                BlockShift(
                    position: block.grey.position / block.grey.weight, shift: own.shift,
                    covariance: own.covariance, correlation: correlation, cells: block.grey.weight))
        }
        return (blocks, textured > 1 ? Double(agreeing) / Double(textured) : 0)
    }
}

/// LOW's cells in boxes of equal edges.
struct BlockGrid: Sendable {
    /// Cells along an edge of a block.
    let edge: SIMD3<Int>
    let counts: SIMD3<Int>

    /// About six blocks along the longest axis of what is compared, each of at least six cells.
    init(_ fit: PoseFit) {
        let shape = fit.low.shape
        let edge = min(64, max(6, Int((2 * fit.reach / fit.low.cell.max() / 6).rounded())))
        self.edge = SIMD3(shape.isImage ? 1 : edge, edge, edge)
        let extents = SIMD3(shape.depth, shape.height, shape.width)
        counts = (extents &+ self.edge &- 1) / self.edge
    }
}
