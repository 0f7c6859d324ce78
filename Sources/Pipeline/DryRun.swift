public import Dataset
public import Manifest
public import SystemPackage
import Workspace

/// What a build would do for one stage of one sample.
public struct PlannedStage: Codable, Sendable {
    /// The sample.
    public let sample: SampleID
    /// The stage.
    public let stage: Stage
    /// Whether it would run.
    public let runs: Bool
    /// Why, or why not.
    public let reason: String
}

/// What ``build(_:in:options:observer:)`` would do, without doing it.
///
/// Nothing is written. Scans that changed since they were last read are read to the end.
///
/// - Throws: `WorkspaceError` where the workspace cannot be read.
public func planBuild(
    _ manifest: Manifest, in output: FilePath, options: BuildOptions
) throws -> [PlannedStage] {
    let layout = WorkspaceLayout(root: output)
    return try manifest.samples.filter { options.samples?.contains($0.id) ?? true }
        .flatMap { entry in
            var plan = SampleDryRun(
                try SampleBuild(
                    SamplePlan(entry, in: manifest), layout: layout, memory: options.memory,
                    observer: Silence()), last: options.last)
            plan.run()
            return plan.stages
        }
}

private struct Silence: BuildObserver {
    func note(_ event: BuildEvent) {}
}

/// Follows one sample through its stages until one would run; those after it follow.
private struct SampleDryRun {
    let sample: SampleBuild
    let last: Stage
    private(set) var stages: [PlannedStage] = []

    init(_ sample: SampleBuild, last: Stage) {
        self.sample = sample
        self.last = last
    }

    mutating func run() {
        let jobs = sample.jobs
        let known = sample.receipt(.ingest)
        guard let ingest = look(.ingest, { try jobs.ingest(known: known) }) else {
            for stage in [Stage.register, .segment, .measure, .patch] { follow(stage, .ingest) }
            return
        }
        var registered: FinishedStage<RegisterOutput>?
        if let low = ingest.output.low {
            registered = look(.register) { try jobs.register(ingest, low: low) }
        } else {
            note(.register, runs: false, "the manifest says 'low: none'")
        }
        let segmented = look(.segment) { try jobs.segment(ingest) }
        if let segmented {
            _ = look(.measure) { try jobs.measure(ingest, segmented) }
        } else {
            follow(.measure, .segment)
        }
        guard let low = ingest.output.low else {
            return note(.patch, runs: false, "there is no pair")
        }
        guard let registered, let segmented else {
            return follow(.patch, registered == nil ? .register : .segment)
        }
        guard let pair = registered.output.pair else {
            return note(.patch, runs: false, "there is no pair")
        }
        _ = look(.patch) { try jobs.patch(ingest, registered, segmented, pair: pair, low: low) }
    }

    private mutating func look<Output>(
        _ stage: Stage, _ makeJob: () throws -> StageJob<Output>
    ) -> FinishedStage<Output>? {
        guard stage <= last else { return nil }
        do {
            let job = try makeJob()
            if let finished = job.finished(in: sample.layout) {
                note(stage, runs: false, "unchanged")
                return finished
            }
            note(stage, runs: true, sample.reason(toRun: job))
        } catch {
            note(stage, runs: true, "and would fail: \(oneLine(error))")
        }
        return nil
    }

    private mutating func follow(_ stage: Stage, _ earlier: Stage) {
        note(stage, runs: true, "follows \(earlier.rawValue)")
    }

    private mutating func note(_ stage: Stage, runs: Bool, _ reason: String) {
        guard stage <= last else { return }
        stages.append(
            PlannedStage(sample: sample.plan.id, stage: stage, runs: runs, reason: reason))
    }
}
