import Networks
import SystemPackage
import Torch
import TrainingRecipe
import Workspace

/// The networks of features that the phases of a run compare images by.
struct RunFeatures {
    private var catalog: FeatureNetwork?
    private var vgg19: [String: VGG19] = [:]

    /// Checks what a recipe asks for, before anything is written.
    ///
    /// - Returns: The sums of the files it names, by their names.
    /// - Throws: ``TrainingError/unfitFeatures(_:reason:)``,
    ///   ``TrainingError/unknownLayer(_:network:known:)``, ``TrainingError/patchTooSmall(_:what:least:)``.
    static func check(
        _ recipe: TrainingRecipe, in folder: FilePath, on device: Device
    ) throws -> [String: Digest] {
        var files: [String: Digest] = [:]
        for wanted in recipe.perceptual {
            switch wanted.network {
            case .vgg19(let weights):
                let path = folder.pushing(FilePath(weights))
                _ = try VGG19.reading(path, on: .cpu)
                files["weights of VGG19 (\(weights))"] = try Digest(ofFile: path)
                let taps = try wanted.layers.keys.sorted().map(VGG19.Tap.init(layer:))
                let halvings = taps.map { $0.block - 1 }.max() ?? 4
                try require(recipe.patch, atLeast: 1 << halvings, for: "VGG19")
            case .catalog:
                _ = try wanted.layers.keys.sorted().map(FeatureNetwork.Tap.init(layer:))
                try require(recipe.patch, atLeast: 4, for: "the network of features")
            }
        }
        return files
    }

    private static func require(
        _ patch: Int, atLeast least: Int, for what: String
    ) throws(TrainingError) {
        if patch < least { throw .patchTooSmall(patch, what: what, least: least) }
    }

    /// Reads or trains what phases from `first` on need.
    ///
    /// - Returns: Whether it was not stopped.
    mutating func prepare(
        for run: TrainingRun, from first: Int, _ report: (TrainingRun.Event) -> Void,
        _ isStopped: () -> Bool
    ) throws -> Bool {
        for wanted in run.recipe.perceptual(from: first) {
            switch wanted.network {
            case .vgg19(let weights):
                guard vgg19[weights] == nil else { continue }
                vgg19[weights] = try VGG19.reading(
                    run.recipeFolder.pushing(FilePath(weights)), on: run.device)
            case .catalog:
                guard catalog == nil else { continue }
                catalog = try run.folder.savedFeatures(run.featureTraining, on: run.device)
                if catalog != nil { continue }
                let trained = try run.featureTraining.train(
                    run.plan.pairs, volumes: run.volumes, recipe: run.recipe, device: run.device,
                    report: { report(.trainingFeatures(done: $0, total: $1)) },
                    isStopped: isStopped)
                guard let trained else { return false }
                try run.folder.save(trained)
                catalog = trained
            }
        }
        return true
    }

    /// The loss of a recipe that was prepared.
    func loss(
        _ recipe: PerceptualRecipe, of run: TrainingRun, precision: Torch.ElementType?
    ) throws -> PerceptualLoss {
        switch recipe.network {
        case .vgg19(let weights):
            guard let network = vgg19[weights] else {
                preconditionFailure("networks of features are prepared before phases")
            }
            return try PerceptualLoss(
                network, layers: recipe.layers, device: run.device, precision: precision)
        case .catalog:
            guard let catalog else {
                preconditionFailure("networks of features are prepared before phases")
            }
            return try PerceptualLoss(
                catalog, layers: recipe.layers, device: run.device, precision: precision)
        }
    }
}

extension TrainingRecipe {
    /// The perceptual losses of the phases from `first` on.
    func perceptual(from first: Int) -> [PerceptualRecipe] {
        phases.dropFirst(first).flatMap(\.loss.terms).compactMap { term in
            if case .perceptual(let recipe) = term.measure { recipe } else { nil }
        }
    }

    /// The perceptual losses of all phases.
    var perceptual: [PerceptualRecipe] { perceptual(from: 0) }
}
