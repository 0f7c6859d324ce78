import SystemPackage
import Workspace

/// The folder a stage writes its outputs to; every file appears whole, and the receipt comes last.
final class StageFolder {
    let path: FilePath
    private(set) var outputs: [FileRecord] = []

    init(_ path: FilePath) throws {
        self.path = path
        try AtomicFile.createFolder(path)
        AtomicFile.sweepTemporaries(in: path)
    }

    /// Lets `body` fill a temporary file, then gives it its name and notes its sum.
    func write<R>(_ name: String, _ body: (FilePath) throws -> R) throws -> R {
        let final = path.appending(name)
        let result = try AtomicFile.write(to: final, body)
        outputs.append(
            FileRecord(
                name: name, bytes: try FileFingerprint(of: final).bytes,
                sha256: try Digest(ofFile: final)))
        return result
    }

    /// Writes a value of ours as JSON.
    func writeJSON(_ name: String, _ value: some Encodable) throws {
        try write(name) { temporary in try CanonicalJSON.write(value, to: temporary) }
    }
}
