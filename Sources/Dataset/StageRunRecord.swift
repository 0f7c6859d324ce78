/// How a stage ended for a sample.
public enum StageOutcome: String, Codable, Sendable, CaseIterable {
    /// Its outputs are complete.
    case done
    /// It could not; the message says why.
    case failed
    /// A stage before it failed, or the sample has nothing for it to work on.
    case skipped
}

/// One stage's last run for a sample.
public struct StageRunRecord: Codable, Hashable, Sendable {
    /// The stage, as in `register`.
    public let stage: String
    /// The SHA-256 of the stage's version, settings and inputs; empty if it never began.
    public let key: String
    /// Everything that was set, by name.
    public let settings: [String: String]
    /// The program's version.
    public let toolVersion: String
    /// When it began, ISO 8601 in UTC.
    public let started: String?
    /// When it ended, ISO 8601 in UTC.
    public let finished: String?
    /// How it ended.
    public let outcome: StageOutcome
    /// Why it failed or was skipped, or what the user should know.
    public let message: String?

    /// Gathers the facts.
    public init(
        stage: String, key: String, settings: [String: String] = [:], toolVersion: String,
        started: String? = nil, finished: String? = nil, outcome: StageOutcome,
        message: String? = nil
    ) {
        self.stage = stage
        self.key = key
        self.settings = settings
        self.toolVersion = toolVersion
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.message = message
    }
}
