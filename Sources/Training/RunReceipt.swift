public import Dataset
import Foundation
import RunLog
public import SystemPackage
import TrainingRecipe
import Workspace

/// What a run leaves for the catalog: `run.json` in its folder, written when it begins and again when
/// it ends. A build takes it in; the trainer never writes to the catalog itself.
public struct RunReceipt {
    private let folder: RunFolder
    private let workspace: FilePath
    private let name: SampleID
    private let recipe: String
    private let started: String

    /// The receipt of a run that begins or goes on now, in the folder that bears its name.
    public init(of run: TrainingRun, named name: SampleID, workspace: FilePath) throws {
        folder = run.folder
        self.workspace = workspace
        self.name = name
        recipe = run.recipe.canonicalJSON
        let file = folder.path.appending(TrainingRunRecord.fileName)
        let before = try? CanonicalJSON.read(TrainingRunRecord.self, from: file)
        started = before?.started ?? CanonicalJSON.text(Date.now)
    }

    /// Writes the receipt.
    ///
    /// - Parameters:
    ///   - outcome: How the run ended; `nil` while it goes on, and where it was stopped to go on later.
    ///   - message: Why it failed.
    public func write(_ outcome: StageOutcome?, message: String? = nil) throws {
        let best = try? TrainedNetwork.file(of: folder.path)
        let root = WorkspaceLayout(root: workspace)
        let record = TrainingRunRecord(
            name: name, recipe: recipe, toolVersion: toolVersion, started: started,
            finished: outcome == nil ? nil : CanonicalJSON.text(Date.now), outcome: outcome,
            message: message, checkpoint: best.map(root.relative), metrics: try metrics())
        try CanonicalJSON.write(record, to: folder.path.appending(TrainingRunRecord.fileName))
    }

    /// Every validation, and beside each the losses of its step. The other steps stay in
    /// `metrics.jsonl`: there may be a million.
    private func metrics() throws -> [MetricRecord] {
        let lines = try MetricsLog.lines(of: folder.metrics)
        let judged = Set(lines.filter { $0.part == SplitPart.validation.rawValue }.map(\.step))
        return lines.filter { judged.contains($0.step) }.flatMap { line -> [MetricRecord] in
            guard let part = SplitPart(rawValue: line.part) else { return [] }
            // A network that diverged has figures that are none, which JSON has no word for.
            let figures = line.values.filter { $0.value.isFinite }
            return figures.sorted { $0.key < $1.key }.map { name, value in
                MetricRecord(
                    step: line.step, part: part, method: part == .train ? "" : "sr",
                    name: name == JudgedBy.porosity.rawValue ? "porosity_error" : name,
                    value: value)
            }
        }
    }
}
