import Dataset
import Foundation
import PatchFeed
import RunLog
import SystemPackage
import TrainingRecipe
import Workspace

/// The folder of a run, and what lies where in it.
struct RunFolder {
    let path: FilePath

    /// The folders of all checkpoints.
    var checkpoints: FilePath { path.appending("checkpoints") }
    /// Event files for TensorBoard.
    var board: FilePath { path.appending("tensorboard") }
    /// What was measured, line by line.
    var metrics: FilePath { path.appending("metrics.jsonl") }
    private var recipe: FilePath { path.appending("recipe.json") }
    private var inputs: FilePath { path.appending("inputs.json") }

    /// Whether a run failed before its first step, so that nothing would be lost with it.
    private var holdsNothing: Bool {
        get throws {
            let bytes = (try? FileFingerprint(of: metrics).bytes) ?? 0
            let names = try FileManager.default.contentsOfDirectory(atPath: path.string)
            return try bytes == 0 && Checkpoint.all(in: checkpoints).isEmpty
                && !names.contains { $0.hasPrefix("features") || $0.hasPrefix("degradation") }
        }
    }

    /// Begins a run: its recipe is written last, and without it there is no run.
    ///
    /// - Throws: ``TrainingError/runExists(_:)``.
    func begin(_ recipe: TrainingRecipe, _ inputs: RunInputs) throws -> MetricsLog {
        let files = FileManager.default
        if files.fileExists(atPath: self.recipe.string) {
            guard try holdsNothing else { throw TrainingError.runExists(path) }
            try files.removeItem(atPath: self.recipe.string)
        }
        try AtomicFile.createFolder(checkpoints)
        AtomicFile.sweepTemporaries(in: path)
        // A kill may have left the beginning of a beginning: a file without a line.
        if let size = try? FileFingerprint(of: metrics).bytes, size == 0 {
            try files.removeItem(atPath: metrics.string)
        }
        let log = try MetricsLog(creating: metrics)
        try CanonicalJSON.write(inputs, to: self.inputs)
        try AtomicFile.write(Array((recipe.canonicalJSON + "\n").utf8), to: self.recipe)
        return log
    }

    /// Goes on with a run; one that was stopped before its first checkpoint begins again.
    ///
    /// - Throws: ``TrainingError/nothingToResume(_:)``, ``TrainingError/differs(_:what:)``,
    ///   ``TrainingError/damagedCheckpoint(_:reason:)``.
    func resume(
        _ recipe: TrainingRecipe, _ inputs: RunInputs
    ) throws -> (log: MetricsLog, origin: Checkpoint?, inputs: RunInputs) {
        guard let written = try? String(contentsOfFile: self.recipe.string, encoding: .utf8) else {
            throw TrainingError.nothingToResume(path)
        }
        guard written == recipe.canonicalJSON + "\n" else {
            throw TrainingError.differs(path, what: "another recipe")
        }
        let before = try CanonicalJSON.read(RunInputs.self, from: self.inputs)
        if let what = before.difference(from: inputs) {
            throw TrainingError.differs(path, what: what)
        }
        try AtomicFile.createFolder(checkpoints)
        AtomicFile.sweepTemporaries(in: path)
        let last = try Checkpoint.all(in: checkpoints).last
        try last?.checkpoint.verify(in: last?.folder ?? checkpoints)
        let step = last?.checkpoint.step ?? 0
        return (
            try MetricsLog(resuming: metrics, atStep: step, hasMetrics: step > 0),
            last?.checkpoint, before
        )
    }
}

/// What the numbers of a run depend on beside its recipe.
struct RunInputs: Hashable, Sendable, Codable {
    /// The names of the training samples.
    let trainingSamples: [SampleID]
    /// The training samples with their patches and windows of grey values.
    let training: Digest
    /// The samples it is judged by; `nil` for none.
    let validation: Digest?
    /// Files that the recipe names, by what they are for.
    let files: [String: Digest]
    /// The weights it began with; `nil` for fresh ones.
    let start: StartingWeights.Record?

    init(
        training: SamplePlan, validation: SamplePlan?, files: [String: Digest],
        start: StartingWeights.Record?
    ) {
        func digest(_ plan: SamplePlan) -> Digest {
            Digest(of: CanonicalJSON.text(plan.pairs).utf8)
        }
        trainingSamples = training.pairs.map(\.sample)
        self.training = digest(training)
        self.validation = validation.map(digest)
        self.files = files
        self.start = start
    }

    /// In what this differs from what a run would go on with; `nil` for nothing. The weights it began
    /// with are not looked at: they are only needed to begin.
    func difference(from other: RunInputs) -> String? {
        if training != other.training { return "other training samples or patches" }
        if validation != other.validation { return "other validation samples or patches" }
        for (name, digest) in files.sorted(by: { $0.key < $1.key })
        where other.files[name] != digest {
            return "another file of \(name)"
        }
        return nil
    }
}
