public import Dataset

/// What happens during a build, for whoever shows it.
public enum BuildEvent: Sendable {
    /// A stage begins for a sample, and why it has to run.
    case started(SampleID, Stage, reason: String)
    /// How much of a long stage is done: 0...1, and the bytes read so far.
    case advanced(SampleID, Stage, fraction: Double, bytes: Int)
    /// A stage is done.
    case finished(SampleID, Stage, seconds: Double)
    /// A stage was done before and is as it should be.
    case reused(SampleID, Stage)
    /// A stage does not apply to a sample.
    case skipped(SampleID, Stage, reason: String)
    /// A stage failed; the sample's later stages that need it are left out.
    case failed(SampleID, Stage, message: String)
}

/// Somebody who follows a build; called from several threads at once.
public protocol BuildObserver: Sendable {
    /// Takes note of an event; returns at once.
    func note(_ event: BuildEvent)
}
