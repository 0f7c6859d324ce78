import Foundation
import SystemPackage
import Volumes
import Workspace

/// The sums of the files a scan came in, without reading again what has not changed.
enum SourceSums {
    /// The records of `files`, in their order. A file whose fingerprint equals the one in `known` is
    /// not read, unless it was written so shortly before that its time could not tell (as git does).
    static func records(of files: [FilePath], known: Receipt?) throws -> [FileRecord] {
        let before = Dictionary(
            (known?.inputs ?? []).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let trusted = known.map { Int(($0.started.timeIntervalSince1970 - 2) * 1e9) } ?? 0
        let results = concurrentMap(count: files.count) { index in
            Result<FileRecord, WorkspaceError> { () throws(WorkspaceError) in
                let path = files[index]
                let fingerprint = try FileFingerprint(of: path)
                if let record = before[path.string], record.fingerprint == fingerprint,
                    fingerprint.modified < trusted, fingerprint.changed < trusted
                {
                    return record
                }
                return FileRecord(
                    name: path.string, bytes: fingerprint.bytes, sha256: try Digest(ofFile: path),
                    fingerprint: fingerprint)
            }
        }
        return try results.map { try $0.get() }
    }

    /// One sum for all files of a scan: a single file's own, otherwise that of the list of sums.
    static func sum(of records: [FileRecord]) -> Digest {
        if records.count == 1 { return records[0].sha256 }
        return Digest(of: records.map { $0.sha256.hexadecimal + "\n" }.joined().utf8)
    }
}
