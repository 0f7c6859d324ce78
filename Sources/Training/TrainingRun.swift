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
    private let folder: RunFolder
    let plan: SamplePlan
    let volumes: StagedPairs
    let preparation: SamplePreparation
    let validation: Validation?
    let metrics: MetricsLog
    let board: TensorBoardLog
    let feedThreads: Int
    let description: NetworkDescription
    private let device: Device
    private let origin: Checkpoint?

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
        self.feedThreads = feedThreads
        if recipe.start != nil { throw TrainingError.notBuilt("a start from a checkpoint") }
        description = try NetworkDescription(recipe)
        try Self.checkPatch(recipe, description)
        let changesPixels = recipe.data.scanned < 1 || recipe.data.augmentation != .standard
        let geometry = try PatchGeometry(
            scale: recipe.scale, highEdge: recipe.patch, lowSlices: recipe.lowSlices,
            highSlices: recipe.highSlices == .mean ? .mean : .middle,
            margin: changesPixels ? 4 : 0)
        plan = try SamplePlan(
            pairs, part: .train, geometry: geometry, leavingOut: Set(recipe.data.leaveOut))
        for left in plan.leftOut { report(.leftOut("\(left)")) }
        let judged = try Self.validationPlan(pairs, recipe, geometry)
        for phase in recipe.phases
        where judged == nil && (phase.earlyStop != nil || phase.from == .best) {
            throw TrainingError.nothingToJudgeBy(phase: phase.name)
        }
        preparation = try SamplePreparation(recipe.data, pairs: plan.pairs)

        let inputs = RunInputs(training: plan, validation: judged, files: [:])
        if resumes {
            (metrics, origin) = try self.folder.resume(recipe, inputs)
        } else {
            (metrics, origin) = (try self.folder.begin(recipe, inputs), nil)
        }
        try AtomicFile.createFolder(self.folder.board)
        board = try TensorBoardLog(in: self.folder.board, resumingAtStep: origin?.step)

        let voxels = folder.removingLastComponent().appending(".voxels")
        try AtomicFile.createFolder(voxels)
        let staged = try StagedPairs(
            plan.pairs + (judged?.pairs ?? []), workspace: workspace, folder: voxels
        ) { report(.staging(done: $0, total: $1)) }
        volumes = staged
        validation = try judged.map {
            try Validation(
                $0, volumes: staged, batch: recipe.batch, seed: recipe.seed, device: device)
        }
    }

    /// Whether the networks take samples of the recipe's extent.
    private static func checkPatch(
        _ recipe: TrainingRecipe, _ description: NetworkDescription
    ) throws {
        let multiple = description.inputMultiple * recipe.scale
        guard recipe.patch % multiple == 0 else {
            throw TrainingError.unfitPatch(
                recipe.patch, what: "a network '\(description.architecture)'", multiple: multiple)
        }
    }

    /// The samples to judge by: patches of the validation part, or of none if there is none.
    private static func validationPlan(
        _ pairs: [TrainingPair], _ recipe: TrainingRecipe, _ geometry: PatchGeometry
    ) throws -> SamplePlan? {
        guard pairs.contains(where: { $0.split == .validation }) else { return nil }
        let plain = try PatchGeometry(
            scale: geometry.scale, highEdge: geometry.highEdge, lowSlices: geometry.lowSlices,
            highSlices: geometry.highSlices)
        return try SamplePlan(
            pairs, part: .validation, geometry: plain, leavingOut: Set(recipe.data.leaveOut))
    }

    /// Trains to the end of the last phase, or until `isStopped` says so; a stopped run has a
    /// checkpoint.
    ///
    /// - Throws: ``TrainingError/notFinite(step:patches:)``, ``TrainingError/emptyPhase(_:)``, and what
    ///   reading, computing and writing throw.
    public func run(
        report: (Event) -> Void, isStopped: () -> Bool = { false }
    ) throws -> Outcome {
        var progress = RunProgress(origin)
        var learner: Learner?
        var wasStopped = false
        for index in progress.phase..<recipe.phases.count where !wasStopped {
            let next = try Learner(
                description, recipe: recipe, phase: recipe.phases[index], device: device)
            if let origin, learner == nil {
                let last = Checkpoint.folder(origin.step, in: checkpoints)
                try next.load(
                    try origin.weights(Checkpoint.stateFile, in: last).tensors(on: device),
                    steps: origin.optimiserSteps)
            } else if let learner {
                try next.begin(with: try weights(after: learner, for: index))
                progress.beginPhase(index)
            }
            learner = next
            wasStopped = try PhaseLoop(run: self, learner: next, index: index)
                .go(&progress, report, isStopped)
        }
        return Outcome(
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
