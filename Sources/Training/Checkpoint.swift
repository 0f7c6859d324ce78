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
    /// Steps the optimiser has taken, and the discriminator's.
    let optimiserSteps: Int64
    /// The factor on losses in half precision.
    let lossScale: LossScale?
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
        // What was written here before is none from now on.
        try? FileManager.default.removeItem(atPath: folder.appending(recordFile).string)
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
    ///
    /// - Throws: ``TrainingError/damagedCheckpoint(_:reason:)`` for a record that cannot be read.
    static func all(
        in checkpoints: FilePath
    ) throws(TrainingError) -> [(folder: FilePath, checkpoint: Checkpoint)] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: checkpoints.string)) ?? []
        var all: [(folder: FilePath, checkpoint: Checkpoint)] = []
        for name in names.sorted() {
            let folder = checkpoints.appending(name)
            let record = folder.appending(recordFile)
            guard FileManager.default.fileExists(atPath: record.string) else { continue }
            guard let checkpoint = try? CanonicalJSON.read(Checkpoint.self, from: record) else {
                throw .damagedCheckpoint(folder, reason: "\(recordFile) is not what was written")
            }
            all.append((folder, checkpoint))
        }
        return all.sorted { $0.checkpoint.step < $1.checkpoint.step }
    }

    /// Confirms that the files are what was written.
    ///
    /// - Throws: ``TrainingError/damagedCheckpoint(_:reason:)``.
    func verify(in folder: FilePath) throws(TrainingError) {
        for record in files { try verify(record, in: folder) }
    }

    private func verify(_ record: FileRecord, in folder: FilePath) throws(TrainingError) {
        guard let found = try? Digest(ofFile: folder.appending(record.name)),
            found == record.sha256
        else {
            throw .damagedCheckpoint(folder, reason: "\(record.name) is not what was written")
        }
    }

    /// One of the files, ``networkFile`` or ``stateFile``, with its sum confirmed.
    func weights(_ name: String, in folder: FilePath) throws -> StateDictionary {
        guard let record = files.first(where: { $0.name == name }) else {
            throw TrainingError.damagedCheckpoint(folder, reason: "its record names no \(name)")
        }
        try verify(record, in: folder)
        return try Safetensors.read(folder.appending(name))
    }

    /// The best of some checkpoints by a figure; of equal ones the first.
    static func best(
        of all: [(folder: FilePath, checkpoint: Checkpoint)], by figure: JudgedBy
    ) -> (folder: FilePath, checkpoint: Checkpoint)? {
        var best: (entry: (folder: FilePath, checkpoint: Checkpoint), value: Double)?
        for entry in all {
            guard let value = entry.checkpoint.validation?[figure.rawValue] else { continue }
            if best.map({ figure.isBetter(value, than: $0.value) }) ?? true {
                best = (entry, value)
            }
        }
        return best?.entry
    }

    /// Removes all but the last ones and the best by each of the figures.
    ///
    /// - Parameter phase: A phase whose best by SSIM is kept too, since the next begins with it.
    static func prune(
        _ checkpoints: FilePath, last: Int, best figures: [JudgedBy], ofPhase phase: Int?
    ) throws {
        let all = try all(in: checkpoints)
        var kept = Set(all.suffix(last).map(\.folder))
        for figure in figures {
            if let best = best(of: all, by: figure) { kept.insert(best.folder) }
        }
        if let phase, let best = best(of: all.filter { $0.checkpoint.phase == phase }, by: .ssim) {
            kept.insert(best.folder)
        }
        let files = FileManager.default
        for entry in all where !kept.contains(entry.folder) {
            // The record goes first, so that half a folder is never taken for a checkpoint.
            try files.removeItem(atPath: entry.folder.appending(recordFile).string)
            try files.removeItem(atPath: entry.folder.string)
        }
        // What a kill has left half written.
        for name in try files.contentsOfDirectory(atPath: checkpoints.string)
        where name.hasPrefix("step-") {
            let folder = checkpoints.appending(name)
            if !files.fileExists(atPath: folder.appending(recordFile).string) {
                try files.removeItem(atPath: folder.string)
            }
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

    /// The tensors, on a device; floating-point numbers of other widths become single precision.
    ///
    /// - Throws: `WeightFileError.unfit` for numbers that no network has, and `TorchError`.
    func tensors(on device: Device) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (name, tensor) in entries {
            if tensor.scalar == .int64 || tensor.scalar == .float32 {
                let bytes = tensor.bytes
                tensors[name] = try Tensor(
                    bytes: bytes.span, of: tensor.scalar == .int64 ? .int64 : .float32,
                    shape: tensor.shape, on: device)
            } else if let floats = tensor.floats() {
                tensors[name] = try Tensor(floats, shape: tensor.shape, on: device)
            } else {
                throw WeightFileError.unfit(
                    problem: "'\(name)' holds numbers of the type \(tensor.scalar.rawValue)")
            }
        }
        return tensors
    }
}
