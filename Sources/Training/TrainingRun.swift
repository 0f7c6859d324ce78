public import Dataset
import Foundation
import Networks
import PatchFeed
public import RunLog
public import SystemPackage
public import Torch
public import TrainingRecipe
import WeightFiles
import Workspace

/// A run: a recipe, the patches of a catalog, and a folder that keeps what comes of them.
///
/// The folder holds `recipe.json`, `metrics.jsonl`, `tensorboard/` and `checkpoints/`. On the processor
/// a run that was killed and goes on leaves the weights and the metrics of one that was not, to the
/// bit, for one number of threads.
public final class TrainingRun {
    let recipe: TrainingRecipe
    let folder: RunFolder
    let plan: SamplePlan
    let volumes: StagedPairs
    let preparation: SamplePreparation
    let validation: Validation?
    let metrics: MetricsLog
    let board: TensorBoardLog
    let feedThreads: Int
    let description: NetworkDescription
    /// How a network of features is trained, where a perceptual loss asks for one.
    var featureTraining = FeatureTraining()
    /// Features of a discriminator's first layer; those published.
    var discriminatorFeatures = 64
    let device: Device
    private let origin: Checkpoint?
    private let start: StartingWeights?
    /// All samples that the network has learnt from, those of the weights it began with among them.
    let samples: [String]
    let recipeFolder: FilePath

    /// What a run came to.
    public struct Outcome: Sendable {
        /// Steps of the optimiser, those before it was resumed among them.
        public let steps: Int
        /// Whether it was stopped before its end; it can be resumed.
        public let wasStopped: Bool
        /// The last figures of validation, by name; empty without validation samples.
        public let validation: [String: Double]
        /// The figures of bicubic interpolation on the same voxels.
        public let bicubic: [String: Double]
        /// The last checkpoint.
        public let checkpoint: FilePath?
    }

    /// What a run tells while it goes on.
    public enum Event: Sendable {
        /// Voxels are copied to where they can be read fast.
        case staging(done: Int, total: Int)
        /// The network has begun with so many of its tensors from a file.
        case begunWith(FilePath, taken: Int, of: Int)
        /// The degradation is fitted to training samples.
        case fittingDegradation(pairs: Int)
        /// A network of features is trained before the run.
        case trainingFeatures(done: Int, total: Int)
        /// Patches that are not used, and why.
        case leftOut(String)
        /// How far the phase is.
        case step(TrainingProgress)
        /// The figures of validation samples at a step.
        case validated(step: Int, values: [String: Double])
        /// A step changed nothing, as its loss or gradient was no number.
        case skipped(step: Int, patches: [String])
        /// A checkpoint was written.
        case saved(FilePath)
        /// A phase ended before its length.
        case endedEarly(phase: String, step: Int)
    }

    var checkpoints: FilePath { folder.checkpoints }

    /// Prepares a run, or goes on with one.
    ///
    /// - Parameters:
    ///   - pairs: All pairs of the catalog.
    ///   - workspace: The folder of the catalog.
    ///   - folder: The run's own.
    ///   - recipeFolder: The folder that files named in the recipe are seen from.
    ///   - resumes: Whether to go on from the folder's last checkpoint.
    ///   - feedThreads: Threads that read patches ahead.
    /// - Throws: ``TrainingError``, `PatchFeedError`, `RunLogError`, `TorchError`, and what reading and
    ///   writing throw.
    public init(
        _ recipe: TrainingRecipe, pairs: [TrainingPair], workspace: FilePath, folder: FilePath,
        recipeFolder: FilePath = ".", device: Device, resumes: Bool, feedThreads: Int = 1,
        report: (Event) -> Void
    ) throws {
        self.recipe = recipe
        self.folder = RunFolder(path: folder)
        self.device = device
        self.recipeFolder = recipeFolder
        self.feedThreads = feedThreads
        let changesPixels = recipe.data.scanned < 1 || recipe.data.augmentation != .standard
        let geometry = try PatchGeometry(
            scale: recipe.scale, highEdge: recipe.patch, lowSlices: recipe.lowSlices,
            highSlices: PatchGeometry.HighSlices(recipe.highSlices),
            margin: changesPixels ? 4 : 0)
        plan = try SamplePlan(
            pairs, part: .train, geometry: geometry, leavingOut: Set(recipe.data.leaveOut))
        let description = NetworkDescription(recipe, highSlices: plan.highShape.depth)
        self.description = description
        try Self.check(recipe, description, on: device)
        for phase in recipe.phases { _ = try PhaseLength(phase, of: recipe, plan) }
        for left in plan.leftOut { report(.leftOut("\(left)")) }
        let judged = try Self.validationPlan(pairs, recipe, geometry, report: report)
        for phase in recipe.phases
        where judged == nil && (phase.earlyStop != nil || phase.from == .best) {
            throw TrainingError.nothingToJudgeBy(phase: phase.name)
        }
        let fitting = recipe.data.needsFit ? try DegradationFitting(plan) : nil

        func weights(_ start: StartRecipe) throws -> StartingWeights {
            let weights = try StartingWeights(
                start, in: recipeFolder, for: description, on: device)
            try weights.checkSplit(pairs)
            return weights
        }
        let files = try RunFeatures.check(recipe, in: recipeFolder, on: device)
        var start = resumes ? nil : try recipe.start.map(weights)
        let inputs = RunInputs(
            training: plan, validation: judged, files: files, start: start?.record)
        let learntFrom = Set(plan.pairs.map(\.sample.name))
        if resumes {
            let before: RunInputs
            (metrics, origin, before) = try self.folder.resume(recipe, inputs)
            if origin == nil {
                start = try recipe.start.map(weights)
                guard start?.record == before.start else {
                    throw TrainingError.differs(folder, what: "other weights")
                }
            }
            samples = learntFrom.union(before.start?.samples ?? []).sorted()
        } else {
            (metrics, origin) = (try self.folder.begin(recipe, inputs), nil)
            samples = learntFrom.union(start?.record.samples ?? []).sorted()
        }
        self.start = start
        try AtomicFile.createFolder(self.folder.board)
        board = try TensorBoardLog(in: self.folder.board, resumingAtStep: origin?.step)

        let voxels = folder.removingLastComponent().appending(".voxels")
        try AtomicFile.createFolder(voxels)
        let staged = try StagedPairs(
            plan.pairs + (judged?.pairs ?? []), workspace: workspace, folder: voxels
        ) { report(.staging(done: $0, total: $1)) }
        volumes = staged
        preparation = SamplePreparation(
            recipe.data,
            profile: try self.folder.profile(recipe.data.degradation, fitting, volumes: staged) {
                report(.fittingDegradation(pairs: $0))
            }, pairs: plan.pairs, geometry: geometry)
        validation = try judged.map {
            try Validation(
                $0, volumes: staged, batch: recipe.batch, seed: recipe.seed, device: device)
        }
    }

    /// Trains to the end of the last phase, or until `isStopped` says so; a stopped run can go on.
    ///
    /// - Throws: ``TrainingError/notFinite(step:count:patches:)``, ``TrainingError/emptyPhase(_:)``, and
    ///   what reading, computing and writing throw.
    public func run(
        report: (Event) -> Void, isStopped: () -> Bool = { false }
    ) throws -> Outcome {
        var progress = RunProgress(origin)
        var features = RunFeatures()
        guard try features.prepare(for: self, from: progress.phase, report, isStopped) else {
            return try outcome(progress, wasStopped: true)
        }
        var learner: Learner?
        var wasStopped = false
        for index in progress.phase..<recipe.phases.count where !wasStopped {
            let next = try Learner(
                description, recipe: recipe, phase: recipe.phases[index], device: device,
                discriminatorFeatures: discriminatorFeatures
            ) { try features.loss($0, of: self, precision: $1) }
            if let origin, learner == nil {
                let last = Checkpoint.folder(origin.step, in: checkpoints)
                try next.load(
                    try origin.weights(Checkpoint.stateFile, in: last).tensors(on: device), origin)
            } else if let learner {
                try next.begin(with: try weights(after: learner, for: index))
                progress.beginPhase(index)
            } else if let start {
                let taken = try next.begin(withSome: start.tensors)
                report(.begunWith(start.path, taken: taken.count, of: taken.total))
            }
            learner = next
            wasStopped = try PhaseLoop(run: self, learner: next, index: index)
                .go(&progress, report, isStopped)
        }
        return try outcome(progress, wasStopped: wasStopped)
    }

    private func outcome(_ progress: RunProgress, wasStopped: Bool) throws -> Outcome {
        Outcome(
            steps: progress.step, wasStopped: wasStopped, validation: progress.validation ?? [:],
            bicubic: validation?.bicubic ?? [:],
            checkpoint: try Checkpoint.all(in: checkpoints).last?.folder)
    }

    /// What a phase begins with, after the one before it.
    private func weights(after learner: Learner, for index: Int) throws -> [String: Tensor] {
        let network: any SuperResolutionNetwork
        switch recipe.phases[index].from {
        case .averaged: network = learner.judged
        case .last: network = learner.network
        case .best:
            let before = try Checkpoint.all(in: checkpoints)
                .filter { $0.checkpoint.phase == index - 1 }
            guard let best = Checkpoint.best(of: before, by: .ssim) else {
                throw TrainingError.nothingToJudgeBy(phase: recipe.phases[index].name)
            }
            return try best.checkpoint.weights(Checkpoint.networkFile, in: best.folder)
                .tensors(on: device)
        }
        return Dictionary(uniqueKeysWithValues: network.state.map { ($0.name, $0.tensor) })
    }
}
