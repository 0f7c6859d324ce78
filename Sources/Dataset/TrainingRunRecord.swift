/// What the catalog holds about one training run, taken in from its folder under `OUT/runs`.
public struct TrainingRunRecord: Codable, Hashable, Sendable {
    /// The run's name, the folder under `OUT/runs`.
    public let name: SampleID
    /// The recipe as JSON.
    public let recipe: String
    /// The trainer's version.
    public let toolVersion: String
    /// When it began, ISO 8601 in UTC.
    public let started: String?
    /// When it ended, ISO 8601 in UTC.
    public let finished: String?
    /// How it ended; `nil` while it goes on.
    public let outcome: StageOutcome?
    /// Why it failed.
    public let message: String?
    /// The best checkpoint, relative to the workspace.
    public let checkpoint: String?
    /// What was measured.
    public let metrics: [MetricRecord]

    /// The run's receipt in its folder: one record of this kind, written whole.
    public static let fileName = "run.json"
    /// What evaluations of the run measured, in its folder: a list of ``MetricRecord``.
    public static let evaluationFileName = "evaluation/metrics.json"

    /// Gathers the facts.
    public init(
        name: SampleID, recipe: String, toolVersion: String, started: String? = nil,
        finished: String? = nil, outcome: StageOutcome? = nil, message: String? = nil,
        checkpoint: String? = nil, metrics: [MetricRecord] = []
    ) {
        self.name = name
        self.recipe = recipe
        self.toolVersion = toolVersion
        self.started = started
        self.finished = finished
        self.outcome = outcome
        self.message = message
        self.checkpoint = checkpoint
        self.metrics = metrics
    }
}

/// One number of a training run.
public struct MetricRecord: Codable, Hashable, Sendable {
    /// Optimiser steps done, from zero.
    public let step: Int
    /// The part of the split it was measured on.
    public let part: SplitPart
    /// The sample, where it was measured on one alone.
    public let sample: SampleID?
    /// What was judged, as in `sr` or `bicubic`; empty for a loss.
    public let method: String
    /// What was measured, as in `psnr`.
    public let name: String
    /// The number; one that is not finite is stored as NULL.
    public let value: Double

    /// A number with its place.
    public init(
        step: Int, part: SplitPart, sample: SampleID? = nil, method: String = "", name: String,
        value: Double
    ) {
        self.step = step
        self.part = part
        self.sample = sample
        self.method = method
        self.name = name
        self.value = value
    }
}
