import Volumes

/// What blocks, each fitted for itself, say about a shift that was fitted to all.
struct BlockAgreement: Sendable {
    /// The share of textured blocks that correlate and want to move less than a third of a cell, or
    /// less than noise may move them. None if there are not two blocks to compare.
    let share: Double
    /// How far the blocks that correlate want to move, in micrometres, where that is less than a
    /// cell; shortest first.
    let misfits: [Double]

    init(_ fit: ShiftRefinement) {
        let level = fit.level
        // A block without texture, such as one within a grain or in air, can neither agree nor not.
        let textures = fit.blocks.map { $0.highVariation / max(1, $0.cells) }
        let typical = textures.sorted()[textures.count / 2]
        var (textured, agreeing, misfits) = (0, 0, [Double]())
        for (block, texture) in zip(fit.blocks, textures) where texture > 0.05 * typical {
            textured += 1
            guard block.gain > 0,
                let (step, inverse) = block.normalEquations.solve(isImage: level.grids.isImage)
            else { continue }
            // The block's own shift, to first order: right while it is below a cell.
            let relative = (step / level.cell).length
            guard relative < 1 else { continue }
            misfits.append((step * level.grids.highVoxel).length)
            let variance = block.misfit / max(1, block.cells)
            let noise = ((inverse * variance) / (level.cell * level.cell)).sum().squareRoot()
            if relative < max(1.0 / 3, 2 * noise) { agreeing += 1 }
        }
        share = textured > 1 ? Double(agreeing) / Double(textured) : 0
        self.misfits = misfits.sorted()
    }

    /// The misfit that a `share` of these blocks stays below; infinite if there are none.
    func quantile(_ share: Double) -> Double {
        guard !misfits.isEmpty else { return .infinity }
        return misfits[min(misfits.count - 1, Int((share * Double(misfits.count)).rounded(.down)))]
    }
}
