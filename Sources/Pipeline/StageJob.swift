import Dataset
import Foundation
import SystemPackage
import Workspace

/// What a stage's outputs depend on, and nothing else.
private struct KeyFacts: Encodable {
    let stage: String
    let version: Int
    let settings: String
    let inputs: [Digest]
}

/// One stage for one sample: what it depends on and how to do it.
struct StageJob<Output: Codable & Sendable> {
    let stage: Stage
    let sample: SampleID
    /// Everything besides the inputs that changes the outputs.
    let settings: String
    /// The files it reads, with their sums.
    let inputs: [FileRecord]
    /// Where those of the inputs lie that tomopair wrote itself.
    let ownFiles: [OwnFile]
    /// Does the work: writes files into the folder and returns what the result file shall say.
    let work: (StageFolder) throws -> Output

    init(
        _ stage: Stage, of sample: SampleID, settings: some Encodable, inputs: [FileRecord],
        ownFiles: [OwnFile] = [], work: @escaping (StageFolder) throws -> Output
    ) {
        self.stage = stage
        self.sample = sample
        self.settings = CanonicalJSON.text(settings)
        self.inputs = inputs + ownFiles.map(\.record)
        self.ownFiles = ownFiles
        self.work = work
    }

    /// The sum of stage, version, settings and inputs' sums; where input files lie does not matter.
    var key: Digest {
        let facts = KeyFacts(
            stage: stage.rawValue, version: stage.version, settings: settings,
            inputs: inputs.map(\.sha256))
        return Digest(of: CanonicalJSON.text(facts).utf8)
    }

    /// The name of the file that holds the stage's result.
    var resultName: String { stage.resultName }

    /// What was done under this key before; `nil` where something is missing.
    func finished(in layout: WorkspaceLayout) -> FinishedStage<Output>? {
        FinishedStage(stage, of: sample, key: key, in: layout)
    }

    /// Does the work and writes the receipt.
    func run(in layout: WorkspaceLayout) throws -> FinishedStage<Output> {
        let started = Date.now
        for file in ownFiles { try file.check() }
        let path = layout.outputs(stage.rawValue, of: sample.name, key: key)
        let folder = try StageFolder(path)
        let output = try work(folder)
        try folder.writeJSON(resultName, output)
        let receipt = Receipt(
            stage: stage.rawValue, sample: sample.name, key: key, settings: settings,
            toolVersion: toolVersion, started: started, finished: Date.now, inputs: inputs,
            outputs: folder.outputs)
        try CanonicalJSON.write(receipt, to: path.appending(Receipt.fileName))
        return FinishedStage(folder: path, receipt: receipt, output: output)
    }
}

/// An output of one stage as the input of another. Foreign files are read with suspicion; this one is
/// opened in process, and so only after its sum has been compared with the receipt.
struct OwnFile: Sendable {
    let path: FilePath
    let record: FileRecord

    /// - Throws: `WorkspaceError.damaged` where the file is not what its receipt says. The receipt is
    ///   then taken away, so that the next build makes the file anew.
    func check() throws {
        if let sum = try? Digest(ofFile: path), sum == record.sha256 { return }
        try? FileManager.default.removeItem(
            atPath: path.removingLastComponent().appending(Receipt.fileName).string)
        throw WorkspaceError.damaged(path, problem: "its content is not what its receipt says")
    }
}

/// A stage that is done for a sample: its receipt and its result.
struct FinishedStage<Output: Codable & Sendable>: Sendable {
    let folder: FilePath
    let receipt: Receipt
    let output: Output

    init(folder: FilePath, receipt: Receipt, output: Output) {
        self.folder = folder
        self.receipt = receipt
        self.output = output
    }

    /// Reads what stands under `key`; `nil` unless the receipt is there and every file it names has
    /// the size it names.
    init?(_ stage: Stage, of sample: SampleID, key: Digest, in layout: WorkspaceLayout) {
        let folder = layout.outputs(stage.rawValue, of: sample.name, key: key)
        guard
            let receipt = try? CanonicalJSON.read(
                Receipt.self, from: folder.appending(Receipt.fileName)),
            receipt.key == key,
            receipt.outputs.allSatisfy({ file in
                (try? FileFingerprint(of: folder.appending(file.name)))?.bytes == file.bytes
            }),
            let output = try? CanonicalJSON.read(
                Output.self, from: folder.appending(stage.resultName))
        else { return nil }
        self.init(folder: folder, receipt: receipt, output: output)
    }

    /// One output, for the stage that reads it.
    func file(_ name: String) -> OwnFile {
        guard let record = receipt.outputs.first(where: { $0.name == name }) else {
            preconditionFailure("a stage asks for files that the one before it writes")
        }
        return OwnFile(path: folder.appending(name), record: record)
    }
}

extension Stage {
    /// The name of the file that holds the stage's result.
    var resultName: String {
        switch self {
        case .ingest: "scans.json"
        case .register: "registration.json"
        case .segment: "segmentation.json"
        case .measure: "parameters.json"
        case .patch: "patches.json"
        case .split, .catalog: preconditionFailure("a stage of the dataset has no folder a sample")
        }
    }
}
