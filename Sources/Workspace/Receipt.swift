public import Foundation

/// A file as a receipt knows it.
public struct FileRecord: Hashable, Sendable, Codable {
    /// Its name in the stage's folder, or the path of an input.
    public let name: String
    /// Bytes in it.
    public let bytes: Int
    /// Its content's sum.
    public let sha256: Digest
    /// What the file system said when an input was read; absent for outputs.
    public let fingerprint: FileFingerprint?

    /// The facts of one file.
    public init(name: String, bytes: Int, sha256: Digest, fingerprint: FileFingerprint? = nil) {
        self.name = name
        self.bytes = bytes
        self.sha256 = sha256
        self.fingerprint = fingerprint
    }
}

/// The proof that a stage is done for a sample: what it made, from what, how and when. It is written
/// last, so a folder without one holds nothing that counts.
public struct Receipt: Hashable, Sendable, Codable {
    /// The stage's name.
    public let stage: String
    /// The sample's name.
    public let sample: String
    /// The sum of stage version, settings and inputs; the folder's name.
    public let key: Digest
    /// The stage's settings as canonical JSON.
    public let settings: String
    /// The version of tomopair that did the work.
    public let toolVersion: String
    /// When the work began and ended.
    public let started: Date
    /// When the receipt was written.
    public let finished: Date
    /// What was read.
    public let inputs: [FileRecord]
    /// What was made.
    public let outputs: [FileRecord]

    /// The facts of one finished stage.
    public init(
        stage: String, sample: String, key: Digest, settings: String, toolVersion: String,
        started: Date, finished: Date, inputs: [FileRecord], outputs: [FileRecord]
    ) {
        self.stage = stage
        self.sample = sample
        self.key = key
        self.settings = settings
        self.toolVersion = toolVersion
        self.started = started
        self.finished = finished
        self.inputs = inputs
        self.outputs = outputs
    }

    /// The name of the receipt in its folder.
    public static let fileName = "receipt.json"
}
