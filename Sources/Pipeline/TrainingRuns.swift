import Dataset
import Foundation
import SystemPackage
import Workspace

/// The training runs of a workspace, by their names: what the receipt of each says, and what its
/// evaluations measured.
///
/// A folder without a receipt is no run yet. A receipt that cannot be read is an error and not left
/// out, or the catalog would forget a run that is there.
///
/// - Throws: `WorkspaceError`.
func trainingRuns(in layout: WorkspaceLayout) throws -> [TrainingRunRecord] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: layout.runs.string)) ?? []
    return try names.compactMap { SampleID($0) }.sorted().compactMap { name in
        let folder = layout.runs.appending(name.name)
        let receipt = folder.appending(TrainingRunRecord.fileName)
        guard exists(receipt) else { return nil }
        let run = try readOfRun(TrainingRunRecord.self, from: receipt)
        let measured = folder.appending(TrainingRunRecord.evaluationFileName)
        guard exists(measured) else { return run.named(name) }
        return run.named(
            name, adding: try readOfRun([MetricRecord].self, from: measured))
    }
}

/// A file of a run, which no build can make anew.
private func readOfRun<T: Decodable>(
    _ type: T.Type, from path: FilePath
) throws(WorkspaceError) -> T {
    do throws(WorkspaceError) {
        return try CanonicalJSON.read(type, from: path)
    } catch {
        guard case .damaged = error else { throw error }
        throw .damagedRun(path)
    }
}

extension TrainingRunRecord {
    /// The same run by the name of the folder it lies in, which a user may have renamed, with what was
    /// measured besides.
    fileprivate func named(
        _ folder: SampleID, adding measured: [MetricRecord] = []
    ) -> TrainingRunRecord {
        TrainingRunRecord(
            name: folder, recipe: recipe, toolVersion: toolVersion, started: started,
            finished: finished, outcome: outcome, message: message, checkpoint: checkpoint,
            metrics: metrics + measured)
    }
}
