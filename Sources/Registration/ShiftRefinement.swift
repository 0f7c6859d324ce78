import Foundation
import Volumes

/// A shift refined until HIGH, seen through LOW's cells, explains LOW best: Gauss-Newton on LOW's
/// grid, with a gain and an offset for every block (the projection of Lucas and Kanade 1981).
///
/// The template is made anew from all of HIGH at every step, so nothing is interpolated twice and
/// whole shifts are not preferred to others.
struct ShiftRefinement: Sendable {
    let level: ScanLevel
    /// From LOW's corner to HIGH's, in HIGH voxels.
    private(set) var shift: SIMD3<Double>
    /// The standard deviation of the blur beside the cell, in cells.
    private(set) var blur: Double
    /// The sums of every block at the last step.
    private(set) var blocks: [BlockMoments] = []
    /// Whether the last step was too small to matter.
    private(set) var converged = false
    /// The standard errors for uncorrelated noise, in HIGH voxels.
    private(set) var standardError = SIMD3<Double>()

    init(level: ScanLevel, shift: SIMD3<Double>, blur: Double) {
        self.level = level
        self.shift = shift
        self.blur = blur
    }

    /// Steps until one is shorter than `tolerance` HIGH voxels, or than a small part of what noise
    /// leaves uncertain.
    mutating func run(tolerance: Double, steps: Int = 12) {
        converged = false
        var previous = Double.infinity
        var region = level.interior(shift: shift, blur: blur)
        var origin = shift
        for _ in 0..<steps {
            // One set of cells while the shift stays near: with noise, each exchange of cells at the
            // border moves the solution a little, to and fro.
            if ((shift - origin) / level.cell).length > 0.25 {
                region = level.interior(shift: shift, blur: blur)
                origin = shift
            }
            guard let region else { return }
            // The lines of the step before bound what a cell may do to this one.
            blocks = moments(
                slopes: true, thinning: 1, region: region, lines: blocks.map(\.line))
            guard var step = solve() else { return }
            // Far from the solution the linear model promises too much; a step that does not shrink
            // swings about the solution.
            let longest = level.cell.max()
            if step.length > longest { step *= longest / step.length }
            let isSwinging = step.length > 0.7 * previous
            previous = step.length
            // A sample position moves against HIGH's corner.
            shift -= isSwinging ? step * 0.5 : step
            if step.length < max(tolerance, 0.02 * standardError.length) {
                converged = true
                return
            }
        }
    }

    /// The step in position that all blocks agree on, each weighted by how well it fits.
    private mutating func solve() -> SIMD3<Double>? {
        let variances = blocks.filter { $0.cells > 0 }.map { $0.misfit / $0.cells }.sorted()
        guard !variances.isEmpty else { return nil }
        // A block that fits all but exactly does not outweigh all others.
        let floor = max(0.1 * variances[variances.count / 2], .leastNormalMagnitude)
        var equations = NormalEquations()
        for block in blocks where block.gain > 0 {
            equations.add(
                block.normalEquations, weight: 1 / max(block.misfit / block.cells, floor))
        }
        guard let (step, inverse) = equations.solve(isImage: level.grids.isImage) else {
            return nil
        }
        standardError = SIMD3(
            inverse[0].squareRoot(), inverse[1].squareRoot(), inverse[2].squareRoot())
        return step
    }

    /// Steps to where LOW is explained best with one field and one map of grey values for the whole
    /// overlap; the blocks have brought the shift near.
    ///
    /// Lines of blocks bear with anything, but leave a small overlap little to go by: each block's own
    /// offset and gain take up what its few edges say.
    mutating func runField(tolerance: Double, steps: Int = 12) {
        guard let region = level.interior(shift: shift, blur: blur) else { return }
        let sum = blocks.reduce(BlockMoments(), +)
        let (middle, spread) = (sum.highMean, (sum.highVariation / max(1, sum.cells)).squareRoot())
        let origin = shift
        var last = FieldFit.start(gain: sum.gain, spread: spread)
        for _ in 0..<steps {
            last = fieldFit(region, FieldFit(middle: middle, spread: spread), last: last).solve()
            // Blocks that agree leave no room for a long way; the field has then followed something else.
            guard ((shift - last.step - origin) / level.cell).length < 0.5 else {
                shift = origin
                return
            }
            shift -= last.step
            standardError = SIMD3(
                last.stepVariances[0].squareRoot(), last.stepVariances[1].squareRoot(),
                last.stepVariances[2].squareRoot())
            if last.step.length < max(tolerance, 0.02 * standardError.length) { break }
        }
        blocks = moments(slopes: true, thinning: 1, region: region, lines: blocks.map(\.line))
    }

    private func fieldFit(
        _ region: Region, _ empty: FieldFit, last: FieldFit.Solution
    ) -> FieldFit {
        let shape = region.shape
        let stride = max(1, shape.count / ShiftRefinement.enoughCells)
        let sampler = level.sampler(
            first: SIMD3(region.z, region.y, region.x), shape: shape, shift: shift, blur: blur)
        let slices = Array(Swift.stride(from: (stride - 1) / 2, to: shape.depth, by: stride))
        let perSlice = concurrentMap(count: slices.count) { index in
            let z = slices[index]
            let high = sampler.slice(z, of: level.high, slopes: true)
            var sums = empty
            level.low.withVoxels { low in
                for y in 0..<shape.height {
                    let lowStart =
                        ((region.z + z) * level.low.shape.height + region.y + y)
                        * level.low.shape.width + region.x
                    let row = (y * shape.width)..<((y + 1) * shape.width)
                    sums.add(
                        low: low.extracting(lowStart..<(lowStart + shape.width)),
                        high: high.values.span.extracting(row),
                        slopeZ: high.slopeZ.span.extracting(row),
                        slopeY: high.slopeY.span.extracting(row),
                        slopeX: high.slopeX.span.extracting(row),
                        z: 2 * (Double(z) + 0.5) / Double(shape.depth) - 1,
                        y: 2 * (Double(y) + 0.5) / Double(shape.height) - 1, last: last)
                }
            }
            return sums
        }
        // Slices are added in order, so the sums do not depend on who made them.
        return perSlice.reduce(empty, +)
    }

    /// Chooses the blur that leaves the least misfit at this shift, from 0.15 to 1.6 cells.
    mutating func fitBlur() {
        // Steps of a third: real pairs range from a blur hidden in the voxel to more than one voxel.
        let ratio = 1.35
        let tried = (0...8).map { 0.15 * pow(ratio, Double($0)) }
        // One set of cells for all blurs, of every fourth slice, since one number is sought. The
        // widest blurs may reach over HIGH's border, where it is mirrored.
        guard
            let region = level.interior(shift: shift, blur: 0.75)
                ?? level.interior(shift: shift, blur: blur)
        else { return }
        let misfits = tried.map { blur -> Double in
            var trial = self
            trial.blur = blur
            return trial.moments(slopes: false, thinning: 4, region: region, lines: [])
                .reduce(0) { $0 + $1.misfit }
        }
        guard let best = misfits.indices.min(by: { misfits[$0] < misfits[$1] }) else { return }
        blur = tried[best]
        guard best > 0, best < tried.count - 1 else { return }
        let (before, after) = (misfits[best - 1], misfits[best + 1])
        let curvature = before - 2 * misfits[best] + after
        if curvature > 0 { blur *= pow(ratio, (before - after) / (2 * curvature)) }
    }

    /// The correlation over all cells at this shift.
    func correlation() -> Double {
        guard let region = level.interior(shift: shift, blur: blur) else { return 0 }
        return moments(slopes: false, thinning: 1, region: region, lines: [])
            .reduce(BlockMoments(), +).correlation
    }

    /// Cells that are enough for any precision that matters; larger overlaps are thinned by slices.
    private static let enoughCells = 4_000_000

    /// The sums of all blocks of `region`, of every `thinning`-th slice; `lines` are those of the
    /// same blocks, or none to weigh all cells alike.
    private func moments(
        slopes: Bool, thinning: Int, region: Region, lines: [BlockMoments.Line]
    ) -> [BlockMoments] {
        let shape = region.shape
        let stride =
            max(1, shape.count / ShiftRefinement.enoughCells)
            * (shape.depth >= 8 * thinning ? thinning : 1)
        let sampler = level.sampler(
            first: SIMD3(region.z, region.y, region.x), shape: shape, shift: shift, blur: blur)
        let (depths, heights, widths) = (
            blockRanges(shape.depth), blockRanges(shape.height), blockRanges(shape.width)
        )
        let bounded = lines.count == depths.count * heights.count * widths.count
        let slices = Array(Swift.stride(from: (stride - 1) / 2, to: shape.depth, by: stride))
        let perSlice = concurrentMap(count: slices.count) { index in
            let z = slices[index]
            let high = sampler.slice(z, of: level.high, slopes: slopes)
            var sums = [BlockMoments](
                repeating: BlockMoments(), count: heights.count * widths.count)
            let layer = (depths.firstIndex { $0.contains(z) } ?? 0) * sums.count
            level.low.withVoxels { low in
                for (j, rows) in heights.enumerated() {
                    for (i, columns) in widths.enumerated() {
                        var block = BlockMoments()
                        let number = j * widths.count + i
                        let line = bounded ? lines[layer + number] : nil
                        for y in rows {
                            let lowStart =
                                ((region.z + z) * level.low.shape.height + region.y + y)
                                * level.low.shape.width + region.x + columns.lowerBound
                            let here = y * shape.width + columns.lowerBound
                            let range = here..<(here + columns.count)
                            let slopeRange = slopes ? range : 0..<0
                            block.add(
                                low: low.extracting(lowStart..<(lowStart + columns.count)),
                                high: high.values.span.extracting(range),
                                z: high.slopeZ.span.extracting(slopeRange),
                                y: high.slopeY.span.extracting(slopeRange),
                                x: high.slopeX.span.extracting(slopeRange), line: line)
                        }
                        sums[number] = block
                    }
                }
            }
            return sums
        }
        // Slices are added in order, so the sums do not depend on who made them.
        var blocks: [BlockMoments] = []
        for range in depths {
            var layer = [BlockMoments](
                repeating: BlockMoments(), count: heights.count * widths.count)
            for (index, z) in slices.enumerated() where range.contains(z) {
                for i in layer.indices { layer[i] = layer[i] + perSlice[index][i] }
            }
            blocks += layer
        }
        return blocks
    }

    /// Three blocks along an axis where each has four cells, two where each has three: one block
    /// alone could not disagree.
    private func blockRanges(_ extent: Int) -> [Range<Int>] {
        let count = extent >= 12 ? 3 : extent >= 6 ? 2 : 1
        return (0..<count).map { (extent * $0 / count)..<(extent * ($0 + 1) / count) }
    }
}
