import Dataset
import Networks
import PatchFeed
import Torch
import TrainingRecipe

extension TrainingRun {
    /// Refuses what the networks, the losses or the device do not take, before anything is written.
    ///
    /// - Throws: ``TrainingError/unfitPatch(_:what:multiple:)``,
    ///   ``TrainingError/patchTooSmall(_:what:least:)``, ``TrainingError/needsGPU(precision:)``.
    static func check(
        _ recipe: TrainingRecipe, _ description: NetworkDescription, on device: Device
    ) throws(TrainingError) {
        func require(_ multiple: Int, for what: String) throws(TrainingError) {
            guard recipe.patch % multiple == 0 else {
                throw .unfitPatch(recipe.patch, what: what, multiple: multiple)
            }
        }
        try require(
            description.inputMultiple * recipe.scale,
            for: "a network '\(description.architecture)'")
        if recipe.phases.contains(where: { $0.loss.adversarial?.discriminator == .unet }) {
            try require(8, for: "the discriminator 'unet'")
        }
        // Windows of 11 x 11 pixels; and of 7 x 7 without the border that is not judged.
        let hasWindows = recipe.phases.contains { phase in
            phase.loss.terms.contains { $0.kind == .ssim || $0.kind == .msSSIM }
        }
        if hasWindows, recipe.patch < 11 {
            throw .patchTooSmall(recipe.patch, what: "a loss of SSIM", least: 11)
        }
        let judged = 2 * recipe.scale + 7
        if recipe.patch < judged {
            throw .patchTooSmall(
                recipe.patch, what: "validation at scale \(recipe.scale)", least: judged)
        }
        if recipe.precision == .fp16, device == .cpu {
            throw .needsGPU(precision: recipe.precision.rawValue)
        }
    }

    /// The samples to judge by: patches of the validation part; `nil` if there is none, or none of
    /// the recipe's scale and extent.
    static func validationPlan(
        _ pairs: [TrainingPair], _ recipe: TrainingRecipe, _ geometry: PatchGeometry,
        report: (Event) -> Void
    ) throws -> SamplePlan? {
        guard pairs.contains(where: { $0.split == .validation }) else { return nil }
        let plain = try PatchGeometry(
            scale: geometry.scale, highEdge: geometry.highEdge, lowSlices: geometry.lowSlices,
            highSlices: geometry.highSlices)
        do {
            return try SamplePlan(
                pairs, part: .validation, geometry: plain, leavingOut: Set(recipe.data.leaveOut))
        } catch {
            // Trained all the same, as without such a part, but not in silence.
            guard case .nothingLeft = error else { throw error }
            report(.leftOut("validation: \(error)"))
            return nil
        }
    }
}

extension PatchGeometry.HighSlices {
    /// A recipe's.
    init(_ recipe: TrainingRecipe.HighSlices) {
        self =
            switch recipe {
            case .middle: .middle
            case .mean: .mean
            case .all: .all
            }
    }
}
