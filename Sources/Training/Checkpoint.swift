import Foundation
import PatchFeed
import SystemPackage
import Torch
import TrainingRecipe
import WeightFiles
import Workspace

/// Where a run was, and with what sums its weights were written.
///
/// A checkpoint is a folder `step-0001234` with `network.safetensors`, the network as it is judged and
/// used; `state.safetensors`, all that goes on; and `checkpoint.json`, written last: without it there
/// is no checkpoint.
struct Checkpoint: Hashable, Sendable, Codable {
    /// Steps of the optimiser done in the run.
    let step: Int
    /// The phase that goes on, and its steps done.
    let phase: Int
    let phaseStep: Int
    /// The sample that comes next.
    let position: FeedPosition
    /// Steps the optimiser has taken.
    let optimiserSteps: Int64
    /// Steps in a row whose loss was no number.
    let failedSteps: Int
    /// What validation said at this step, if it was judged here.
    let validation: [String: Double]?
    /// The best figures of the run so far.
    let best: [String: Double]
    /// The figure that the phase may end by, and validations since it got better.
    let stopping: Stopping
    /// The files and their sums.
    let files: [FileRecord]

    /// How long a phase has not got better.
    struct Stopping: Hashable, Sendable, Codable {
        var best: Double?
        var waited = 0
    }

    static let networkFile = "network.safetensors"
    static let stateFile = "state.safetensors"
    private static let recordFile = "checkpoint.json"

    /// The folder of a step's checkpoint.
    static func folder(_ step: Int, in checkpoints: FilePath) -> FilePath {
        let digits = String(step)
        return checkpoints.appending(
            "step-" + String(repeating: "0", count: max(0, 7 - digits.count)) + digits)
    }

    /// Writes the files, then the record.
    static func write(
        to folder: FilePath, network: StateDictionary, state: StateDictionary,
        record: ([FileRecord]) -> Checkpoint
    ) throws -> Checkpoint {
        try AtomicFile.createFolder(folder)
        AtomicFile.sweepTemporaries(in: folder)
        var files: [FileRecord] = []
        for (name, dictionary) in [(networkFile, network), (stateFile, state)] {
            let path = folder.appending(name)
            try AtomicFile.write(to: path) { try Safetensors.write(dictionary, to: $0) }
            let bytes = try FileFingerprint(of: path).bytes
            files.append(
                FileRecord(name: name, bytes: bytes, sha256: try Digest(ofFile: path)))
        }
        let checkpoint = record(files)
        try CanonicalJSON.write(checkpoint, to: folder.appending(recordFile))
        return checkpoint
    }

    /// The checkpoints of a run, in the order of their steps.
    static func all(in checkpoints: FilePath) -> [(folder: FilePath, checkpoint: Checkpoint)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.string)) ?? []
        return names.sorted().compactMap { name in
            let folder = checkpoints.appending(name)
            guard
                let data = try? Data(
                    contentsOf: URL(fileURLWithPath: folder.appending(recordFile).string)),
                let checkpoint = try? JSONDecoder().decode(Checkpoint.self, from: data)
            else { return nil }
            return (folder, checkpoint)
        }.sorted { $0.checkpoint.step < $1.checkpoint.step }
    }

    /// The state that goes on, with its sum confirmed.
    func state(in folder: FilePath) throws -> StateDictionary {
        guard let record = files.first(where: { $0.name == Self.stateFile }) else {
            throw TrainingError.damagedCheckpoint(folder, reason: "its record names no state")
        }
        let path = folder.appending(record.name)
        guard let found = try? Digest(ofFile: path), found == record.sha256 else {
            throw TrainingError.damagedCheckpoint(
                folder, reason: "\(record.name) is not what was written")
        }
        return try Safetensors.read(path)
    }

    /// Removes all but the last ones and the best by each of the figures.
    static func prune(_ checkpoints: FilePath, last: Int, best: [JudgedBy]) throws {
        let all = all(in: checkpoints)
        var kept = Set(all.suffix(last).map(\.folder))
        for figure in best {
            let judged = all.compactMap { entry in
                entry.checkpoint.validation?[figure.rawValue].map { (entry.folder, $0) }
            }
            let winner = judged.min { figure.isBetter($0.1, than: $1.1) }
            if let winner { kept.insert(winner.0) }
        }
        for entry in all where !kept.contains(entry.folder) {
            // The record goes first, so that half a folder is never taken for a checkpoint.
            try FileManager.default.removeItem(
                atPath: entry.folder.appending(recordFile).string)
            try FileManager.default.removeItem(atPath: entry.folder.string)
        }
    }
}

extension JudgedBy {
    /// Whether one of two figures is that of the better network.
    func isBetter(_ a: Double, than b: Double) -> Bool { self == .porosity ? a < b : a > b }
}

extension StateDictionary {
    /// The numbers of tensors, by their names.
    init(_ tensors: [NamedTensor], metadata: [String: String] = [:]) throws {
        self.init(metadata: metadata)
        for named in tensors {
            self[named.name] = WeightTensor(
                scalar: named.tensor.elementType == .int64 ? .int64 : .float32,
                shape: named.tensor.shape, bytes: try named.tensor.bytes())
        }
    }

    /// The tensors, on a device.
    func tensors(on device: Device) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for entry in entries {
            let bytes = entry.tensor.bytes
            tensors[entry.name] = try Tensor(
                bytes: bytes.span, of: entry.tensor.scalar == .int64 ? .int64 : .float32,
                shape: entry.tensor.shape, on: device)
        }
        return tensors
    }
}
