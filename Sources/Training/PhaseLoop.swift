import Foundation
import PatchFeed
import RunLog
import Torch
import TrainingRecipe
import WeightFiles
import Workspace

/// The steps of one phase.
struct PhaseLoop {
    private let run: TrainingRun
    private let learner: Learner
    private let phase: PhaseRecipe
    private let index: Int
    private let batchesPerEpoch: Int
    private let steps: Int
    private let rate: LearningRate
    /// Whether the next phase begins with the best weights of this one.
    private let isBestNeeded: Bool

    init(run: TrainingRun, learner: Learner, index: Int) throws {
        let phase = run.recipe.phases[index]
        let recipe = run.recipe
        let length = try PhaseLength(phase, of: recipe, run.plan)
        batchesPerEpoch = length.batchesPerEpoch
        steps = length.steps
        rate = LearningRate(
            schedule: phase.schedule, rate: phase.optimiser.rate, steps: steps,
            stepsPerEpoch: length.stepsPerEpoch)
        self.run = run
        self.learner = learner
        self.phase = phase
        self.index = index
        isBestNeeded =
            index + 1 < recipe.phases.count && recipe.phases[index + 1].from == .best
    }

    private var patience: Int { phase.earlyStop?.patience ?? .max }

    /// Goes through the phase.
    ///
    /// - Returns: Whether it was stopped before its end.
    func go(
        _ progress: inout RunProgress, _ report: (TrainingRun.Event) -> Void,
        _ isStopped: () -> Bool
    ) throws -> Bool {
        // A run that goes on may have ended this phase early.
        if progress.stopping.waited >= patience { return false }
        let feed = try feed(from: progress)
        let clock = ContinuousClock()
        let begin = clock.now
        let firstStep = progress.phaseStep
        while progress.phaseStep < steps {
            if isStopped() {
                // There may be a checkpoint of this step, which knows more.
                if progress.step != progress.savedStep {
                    try save(&progress, isJudged: false, report)
                }
                return true
            }
            let epoch = progress.position.epoch
            let loss = try step(feed, &progress, report)
            let timing = feed.timing
            report(
                .step(
                    TrainingProgress(
                        phase: phase.name, step: progress.phaseStep, steps: steps, epoch: epoch,
                        loss: loss, stepsSinceStart: progress.phaseStep - firstStep,
                        secondsSinceStart: (clock.now - begin) / .seconds(1),
                        samplesSinceStart: timing.samples, waitedShare: timing.waitedShare)))
            if try judgeAndSave(&progress, epoch, report) { break }
        }
        return false
    }

    private func feed(from progress: RunProgress) throws -> PatchFeed<SamplePreparation> {
        let recipe = run.recipe
        let batches = (steps - progress.phaseStep) * recipe.accumulate
        var settings = FeedSettings(
            seed: recipe.seed, batch: recipe.batch,
            epochs: progress.position.epoch + batches / batchesPerEpoch + 2)
        settings.samplesPerEpoch = recipe.patchesPerEpoch
        settings.scannedShare = recipe.data.scanned
        settings.threads = run.feedThreads
        settings.buffers = run.feedThreads + 2
        return try PatchFeed(
            run.plan, volumes: run.volumes, preparation: run.preparation, settings: settings,
            from: progress.position)
    }

    /// One step of the optimiser.
    ///
    /// - Returns: The loss.
    private func step(
        _ feed: PatchFeed<SamplePreparation>, _ progress: inout RunProgress,
        _ report: (TrainingRun.Event) -> Void
    ) throws -> Double {
        var batches: [(low: Tensor, high: Tensor)] = []
        var patches: [String] = []
        let epoch = progress.position.epoch
        for _ in 0..<run.recipe.accumulate {
            guard let batch = try feed.next() else {
                preconditionFailure("the feed has more epochs than the phase")
            }
            batches.append(try learner.tensors(batch))
            patches += batch.places.map(\.patch)
            progress.position = batch.next
            batch.release()
        }
        let learningRate = rate(progress.phaseStep)
        let step = try learner.step(batches, learningRate: learningRate)
        progress.step += 1
        progress.phaseStep += 1
        let hasFailed = step.outcome == .failed
        progress.failedSteps = hasFailed ? progress.failedSteps + 1 : 0
        var values = step.values
        values["learning_rate"] = learningRate
        values["gradient_norm"] = step.gradientNorm
        values["skipped"] = step.outcome == .taken ? nil : 1
        try run.metrics.append(
            MetricsLine(step: progress.step, epoch: epoch, part: "train", values: values))
        try run.board.add(
            Dictionary(uniqueKeysWithValues: values.map { ("train/" + $0.key, $0.value) }),
            step: progress.step)
        if hasFailed {
            let patches = Array(Set(patches)).sorted()
            report(.skipped(step: progress.step, patches: patches))
            guard progress.failedSteps < run.recipe.failedSteps else {
                try run.metrics.sync()
                throw TrainingError.notFinite(
                    step: progress.step, count: progress.failedSteps, patches: patches)
            }
        }
        return values["loss"] ?? .nan
    }

    /// Judges the network and writes a checkpoint where the recipe says so.
    ///
    /// - Returns: Whether the phase has to end before its length.
    private func judgeAndSave(
        _ progress: inout RunProgress, _ epoch: Int, _ report: (TrainingRun.Event) -> Void
    ) throws -> Bool {
        let isLast = progress.phaseStep == steps
        func isDue(_ length: RunLength) -> Bool {
            let every =
                switch length {
                case .steps(let count): max(count, 1)
                case .epochs(let count):
                    max(Int((Double(count) * rate.stepsPerEpoch).rounded()), 1)
                }
            return isLast || progress.phaseStep.isMultiple(of: every)
        }
        var isBest = false
        let isJudged = run.validation != nil && isDue(run.recipe.validation.every)
        if let validation = run.validation, isJudged {
            let values = try validation.judge(learner.judged)
            isBest = progress.take(values, earlyStop: phase.earlyStop)
            try run.metrics.append(
                MetricsLine(
                    step: progress.step, epoch: epoch, part: "validation", values: values))
            try run.board.add(
                Dictionary(
                    uniqueKeysWithValues: values.map { ("validation/" + $0.key, $0.value) }),
                step: progress.step)
            report(.validated(step: progress.step, values: values))
        }
        let endsEarly = isJudged && progress.stopping.waited >= patience
        if endsEarly, !isLast {
            report(.endedEarly(phase: phase.name, step: progress.step))
        }
        if isBest || endsEarly || isDue(run.recipe.checkpoints.every) {
            try save(&progress, isJudged: isJudged, report)
        }
        return endsEarly
    }

    private func save(
        _ progress: inout RunProgress, isJudged: Bool, _ report: (TrainingRun.Event) -> Void
    ) throws {
        try run.metrics.sync()
        try run.board.sync()
        let folder = Checkpoint.folder(progress.step, in: run.checkpoints)
        let network = try StateDictionary(
            learner.judged.state.map { NamedTensor($0.name, $0.tensor) },
            metadata: [
                "format": "pt", "network": CanonicalJSON.text(run.description),
                "recipe": run.recipe.name.description, "step": String(progress.step),
                "grey_values":
                    "0 and 1 are the ends of LOW's window, and what they come to in HIGH",
                "low_slices": String(run.recipe.lowSlices),
                "high_slices": run.recipe.highSlices.rawValue,
                StartingWeights.samplesKey: run.samples.joined(separator: ","),
            ])
        _ = try Checkpoint.write(
            to: folder, network: network, state: try StateDictionary(learner.state)
        ) { files in
            progress.checkpoint(
                optimiserSteps: learner.optimiser.steps, lossScale: learner.lossScale,
                isJudged: isJudged, files: files)
        }
        progress.savedStep = progress.step
        try Checkpoint.prune(
            run.checkpoints, last: run.recipe.checkpoints.last,
            best: run.recipe.checkpoints.best, ofPhase: isBestNeeded ? index : nil)
        report(.saved(folder))
    }
}
