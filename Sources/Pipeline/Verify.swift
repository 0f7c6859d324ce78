public import SystemPackage
import Volumes
import Workspace

/// Something in a workspace that is not as its receipts say.
public struct VerifyProblem: Codable, Sendable, Equatable {
    /// The file, relative to the workspace where it lies in it.
    public let file: String
    /// What is wrong.
    public let problem: String
}

/// Compares every output with the sum in its receipt, every source scan with what it was, and the
/// weights of training runs with the sums beside them.
///
/// - Parameter observe: Told the bytes read and the bytes there are to read.
/// - Returns: The problems, in order of samples and stages, then of runs; none if all is as it was made.
/// - Throws: `WorkspaceError` where there is no workspace.
public func verify(
    _ output: FilePath, observe: (_ done: Int, _ all: Int) -> Void = { _, _ in }
) throws -> [VerifyProblem] {
    let layout = WorkspaceLayout(root: output)
    var checks: [(file: FilePath, record: FileRecord)] = []
    var problems: [VerifyProblem] = []
    for sample in try samplesOnDisk(in: layout) {
        guard let state = try SampleState.read(sample, in: layout) else { continue }
        for stage in Stage.allCases {
            guard let run = state[stage], run.outcome == .done, let key = run.key else { continue }
            let folder = layout.outputs(stage.rawValue, of: sample.name, key: key)
            let path = folder.appending(Receipt.fileName)
            do {
                let receipt = try CanonicalJSON.read(Receipt.self, from: path)
                checks += receipt.outputs.map { (folder.appending($0.name), $0) }
                if stage == .ingest {
                    checks += receipt.inputs.map { (FilePath($0.name), $0) }
                }
            } catch {
                problems.append(
                    VerifyProblem(file: layout.relative(path), problem: "\(oneLine(error))"))
            }
        }
    }
    let runs = RunFiles(in: layout)
    checks += runs.checks
    problems += runs.problems
    let all = checks.reduce(0) { $0 + $1.record.bytes }
    var done = 0
    for (file, record) in checks {
        try Task.checkCancellation()
        if let problem = difference(file, record) {
            problems.append(VerifyProblem(file: layout.relative(file), problem: problem))
        }
        done += record.bytes
        observe(done, all)
    }
    return problems
}

private func difference(_ file: FilePath, _ record: FileRecord) -> String? {
    do throws(WorkspaceError) {
        let bytes = try FileFingerprint(of: file).bytes
        guard bytes == record.bytes else {
            return "has \(bytes) bytes; its receipt says \(record.bytes)"
        }
        return try Digest(ofFile: file) == record.sha256
            ? nil : "its content is not what its receipt says"
    } catch .missing {
        return "is missing"
    } catch {
        return oneLine(error)
    }
}
