import PatchFeed
import TrainingRecipe

/// How many steps a phase comes to, on the samples there are.
struct PhaseLength {
    /// Batches of an epoch; samples that fill no batch are left out.
    let batchesPerEpoch: Int
    /// Steps of the optimiser in an epoch.
    let stepsPerEpoch: Double
    /// Steps of the phase.
    let steps: Int

    /// - Throws: `PatchFeedError.epochTooShort`, ``TrainingError/emptyPhase(_:)``.
    init(_ phase: PhaseRecipe, of recipe: TrainingRecipe, _ plan: SamplePlan) throws {
        let samples = recipe.patchesPerEpoch ?? plan.count
        batchesPerEpoch = samples / recipe.batch
        guard batchesPerEpoch > 0 else {
            throw PatchFeedError.epochTooShort(samples: samples, batch: recipe.batch)
        }
        stepsPerEpoch = Double(batchesPerEpoch) / Double(recipe.accumulate)
        steps =
            switch phase.length {
            case .steps(let count): count
            case .epochs(let count): Int(Double(count) * stepsPerEpoch)
            }
        guard steps > 0 else { throw TrainingError.emptyPhase(phase.name) }
    }
}
