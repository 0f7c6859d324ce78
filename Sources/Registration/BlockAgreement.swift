import Volumes

/// What blocks, each fitted for itself, say about a shift that was fitted to all.
struct BlockAgreement: Sendable {
    /// The share of textured blocks that correlate and want to move less than one cell.
    let share: Double
    /// How far the agreeing blocks want to move, in micrometres; shortest first.
    let misfits: [Double]

    init(_ fit: ShiftRefinement) {
        let level = fit.level
        // A block without texture, such as one within a grain or in air, can neither agree nor not.
        let textures = fit.blocks.map { $0.highVariation / max(1, $0.cells) }
        let typical = textures.sorted()[textures.count / 2]
        var (textured, misfits) = (0, [Double]())
        for (block, texture) in zip(fit.blocks, textures) where texture > 0.05 * typical {
            textured += 1
            guard block.gain > 0,
                let (step, _) = block.normalEquations.solve(isImage: level.grids.isImage)
            else { continue }
            // The block's own shift, to first order: right while it is below a cell.
            if (step / level.cell).length < 1 {
                misfits.append((step * level.grids.highVoxel).length)
            }
        }
        share = textured > 0 ? Double(misfits.count) / Double(textured) : 0
        self.misfits = misfits.sorted()
    }

    /// The misfit that a `share` of the agreeing blocks stays below; infinite if none agrees.
    func quantile(_ share: Double) -> Double {
        guard !misfits.isEmpty else { return .infinity }
        return misfits[min(misfits.count - 1, Int((share * Double(misfits.count)).rounded(.down)))]
    }
}
