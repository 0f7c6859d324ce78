import Dataset
import Foundation
import SystemPackage
import Workspace

/// What there is to verify of the training runs of a workspace.
///
/// The trainer writes the sums of weights beside them: those of a checkpoint into `checkpoint.json`, and
/// those of a network of features into `features.json`. Its receipt, `run.json`, names the best
/// checkpoint. Recipes and logs have no sums, and only have to be there.
struct RunFiles {
    /// Files with what they were when they were written.
    private(set) var checks: [(file: FilePath, record: FileRecord)] = []
    /// What is wrong without looking into them.
    private(set) var problems: [VerifyProblem] = []
    private let layout: WorkspaceLayout

    private static let checkpointRecord = "checkpoint.json"
    private static let featuresRecord = "features.json"

    /// The part of a checkpoint's record that is of interest here.
    private struct CheckpointFiles: Decodable {
        let files: [FileRecord]
    }

    init(in layout: WorkspaceLayout) {
        self.layout = layout
        for name in Self.names(in: layout.runs) where SampleID(name) != nil {
            let run = layout.runs.appending(name)
            look(atReceiptOf: run)
            let checkpoints = run.appending("checkpoints")
            for name in Self.names(in: checkpoints) {
                let folder = checkpoints.appending(name)
                let found = read(
                    CheckpointFiles.self, from: folder.appending(Self.checkpointRecord))
                checks += (found?.files ?? []).map { (folder.appending($0.name), $0) }
            }
            if let found = read(FileRecord.self, from: run.appending(Self.featuresRecord)) {
                checks.append((run.appending(found.name), found))
            }
        }
    }

    private mutating func look(atReceiptOf run: FilePath) {
        let path = run.appending(TrainingRunRecord.fileName)
        guard let receipt = read(TrainingRunRecord.self, from: path) else { return }
        if let checkpoint = receipt.checkpoint, !exists(layout.root.appending(checkpoint)) {
            problems.append(
                VerifyProblem(
                    file: checkpoint,
                    problem:
                        "is missing; \(TrainingRunRecord.fileName) names it as the best checkpoint")
            )
        }
        let logs = ["recipe.json"] + (receipt.metrics.isEmpty ? [] : ["metrics.jsonl"])
        for log in logs where !exists(run.appending(log)) {
            problems.append(
                VerifyProblem(file: layout.relative(run.appending(log)), problem: "is missing"))
        }
        _ = read([MetricRecord].self, from: run.appending(TrainingRunRecord.evaluationFileName))
    }

    /// What a record of a run says; `nil` for one that is not there, and, with the problem noted, for
    /// one that cannot be read.
    private mutating func read<Record: Decodable>(
        _ type: Record.Type, from path: FilePath
    ) -> Record? {
        guard exists(path) else { return nil }
        do {
            return try CanonicalJSON.read(type, from: path)
        } catch {
            problems.append(VerifyProblem(file: layout.relative(path), problem: oneLine(error)))
            return nil
        }
    }

    private static func names(in folder: FilePath) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []).sorted()
    }
}
