import Foundation
public import SystemPackage
public import Workspace

/// Where an evaluation is kept: tables, pictures, and `evaluation.json`, written last and naming them.
public struct EvaluationFolder: Sendable {
    /// The folder.
    public let path: FilePath
    private var written: [FileRecord] = []

    /// The name of the record.
    public static let recordName = "evaluation.json"

    /// Makes the folder; what a former evaluation left counts no more.
    ///
    /// - Throws: `WorkspaceError` where it cannot be written.
    public init(_ path: FilePath) throws {
        self.path = path
        try AtomicFile.createFolder(path)
        AtomicFile.sweepTemporaries(in: path)
        let record = path.appending(Self.recordName)
        if let former = try? CanonicalJSON.read(EvaluationRecord.self, from: record) {
            do {
                try FileManager.default.removeItem(atPath: record.string)
            } catch {
                throw WorkspaceError.cannotWrite(record, reason: "a former one cannot be removed")
            }
            // Only what lies here: a record may have been changed by hand.
            for output in former.outputs
            where FilePath.Component(output.name)?.kind == .regular {
                try? FileManager.default.removeItem(atPath: path.appending(output.name).string)
            }
        }
    }

    /// Adds a file.
    public mutating func write(_ bytes: [UInt8], as name: String) throws {
        try AtomicFile.write(bytes, to: path.appending(name))
        written.append(FileRecord(name: name, bytes: bytes.count, sha256: Digest(of: bytes)))
    }

    /// Writes the record, with what was read and what was added.
    public func finish(
        _ record: EvaluationRecord, inputs: [FileRecord]
    ) throws -> EvaluationRecord {
        var record = record
        record.toolVersion = toolVersion
        record.inputs = inputs
        record.outputs = written
        try CanonicalJSON.write(record, to: path.appending(Self.recordName))
        return record
    }
}
