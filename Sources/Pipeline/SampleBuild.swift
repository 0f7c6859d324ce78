import Dataset
import Foundation
import VolumeFiles
import Volumes
import Workspace

/// Takes one sample through its stages, keeping its state on disk after each.
struct SampleBuild {
    let plan: SamplePlan
    let jobs: SampleJobs
    let layout: WorkspaceLayout
    let observer: any BuildObserver
    private(set) var state: SampleState

    init(_ plan: SamplePlan, layout: WorkspaceLayout, memory: Int, observer: any BuildObserver)
        throws
    {
        self.plan = plan
        self.layout = layout
        self.observer = observer
        jobs = SampleJobs(plan: plan, memory: memory, observer: observer)
        var state =
            try SampleState.read(plan.id, in: layout)
            ?? SampleState(
                sample: plan.id, material: plan.material, scale: plan.scale,
                laboratory: plan.laboratory)
        state.material = plan.material
        state.scale = plan.scale
        state.laboratory = plan.laboratory
        self.state = state
    }

    /// Takes the scans in; `nil` where that failed, and the state says why.
    mutating func ingest() throws -> FinishedStage<IngestOutput>? {
        let known = receipt(.ingest)
        return try attempt(.ingest) { jobs throws in try jobs.ingest(known: known) }
    }

    /// The stages after ingest, up to `last`.
    mutating func run(after ingest: FinishedStage<IngestOutput>, until last: Stage) throws {
        var registered: FinishedStage<RegisterOutput>?
        if last >= .register {
            if let low = ingest.output.low {
                registered = try attempt(.register, refusing: Self.refusal) { jobs in
                    try jobs.register(ingest, low: low)
                }
            } else {
                try skip(.register, because: "the manifest says 'low: none'")
            }
        }
        guard last >= .segment else { return }
        let segmented = try attempt(.segment) { jobs in try jobs.segment(ingest) }
        guard last >= .measure else { return }
        if let segmented {
            _ = try attempt(.measure) { jobs in try jobs.measure(ingest, segmented) }
        } else {
            try skip(.measure, because: "there is no mask")
        }
        guard last >= .patch else { return }
        if let registered, let segmented, let low = ingest.output.low,
            let pair = registered.output.pair
        {
            let size = plan.patches.size
            _ = try attempt(
                .patch,
                refusing: { output in
                    output.patches.isEmpty ? .noPatches(size: size, pair: pair.region.shape) : nil
                }
            ) { jobs in try jobs.patch(ingest, registered, segmented, pair: pair, low: low) }
        } else {
            try skip(.patch, because: "there is no pair")
        }
    }

    /// Why the pair cannot be used, though the search came to its end.
    private static func refusal(_ output: RegisterOutput) -> PipelineError? {
        output.accepted ? nil : .notRegistered(reason: output.reason ?? "no reason was given")
    }

    /// Notes that a stage failed for a reason found outside it.
    mutating func fail(
        _ stage: Stage, key: Digest?, _ error: any Error, since started: Date
    ) throws {
        let message = oneLine(error)
        observer.note(.failed(plan.id, stage, message: message))
        if let run = state[stage], run.outcome == .failed, run.key == key, run.message == message {
            return
        }
        try note(stage, key, .failed, message, started: started, finished: Date.now)
    }

    private mutating func skip(_ stage: Stage, because reason: String) throws {
        observer.note(.skipped(plan.id, stage, reason: reason))
        if let run = state[stage], run.outcome == .skipped, run.message == reason { return }
        let now = Date.now
        try note(stage, nil, .skipped, reason, started: now, finished: now)
    }

    /// The receipt of the last run of a stage.
    func receipt(_ stage: Stage) -> Receipt? {
        guard let key = state[stage]?.key else { return nil }
        let folder = layout.outputs(stage.rawValue, of: plan.id.name, key: key)
        return try? CanonicalJSON.read(Receipt.self, from: folder.appending(Receipt.fileName))
    }

    private mutating func attempt<Output>(
        _ stage: Stage, refusing refusal: (Output) -> PipelineError? = { _ in nil },
        _ makeJob: (SampleJobs) throws -> StageJob<Output>
    ) throws -> FinishedStage<Output>? {
        try Task.checkCancellation()
        let started = Date.now
        var key: Digest?
        do {
            let job = try makeJob(jobs)
            key = job.key
            if let finished = job.finished(in: layout) {
                if refusal(finished.output) == nil { observer.note(.reused(plan.id, stage)) }
                return try note(finished, refusal(finished.output))
            }
            observer.note(.started(plan.id, stage, reason: reason(toRun: job)))
            let finished = try job.run(in: layout)
            let seconds = finished.receipt.finished.timeIntervalSince(finished.receipt.started)
            if refusal(finished.output) == nil {
                observer.note(.finished(plan.id, stage, seconds: seconds))
            }
            return try note(finished, refusal(finished.output))
        } catch let error where stopsTheBuild(error) {
            throw error
        } catch {
            try fail(stage, key: key, error, since: started)
            return nil
        }
    }

    /// Why a stage has to run, for the person who waits.
    func reason<Output>(toRun job: StageJob<Output>) -> String {
        guard let run = state[job.stage] else { return "not done yet" }
        guard let before = receipt(job.stage) else {
            return run.outcome == .failed
                ? "failed last time: \(run.message ?? "no reason kept")" : "not finished last time"
        }
        if before.key == job.key { return "an output is missing or has another size" }
        if before.settings != job.settings { return "its settings changed" }
        if before.inputs.map(\.sha256) != job.inputs.map(\.sha256) { return "its inputs changed" }
        return "this version of tomopair does it otherwise"
    }

    /// Notes how a stage that came to its end ended: done, or with a result that cannot be used.
    private mutating func note<Output>(
        _ finished: FinishedStage<Output>, _ refusal: PipelineError?
    ) throws -> FinishedStage<Output> {
        let receipt = finished.receipt
        if let refusal {
            try fail(receipt.stageName, key: receipt.key, refusal, since: receipt.started)
        } else {
            try note(
                receipt.stageName, receipt.key, .done, nil, started: receipt.started,
                finished: receipt.finished)
        }
        return finished
    }

    private mutating func note(
        _ stage: Stage, _ key: Digest?, _ outcome: StageOutcome, _ message: String?, started: Date,
        finished: Date
    ) throws {
        state[stage] = SampleState.StageRun(
            key: key, outcome: outcome, message: message, started: started, finished: finished)
        try state.write(in: layout)
    }
}

extension Receipt {
    /// The stage it speaks of.
    fileprivate var stageName: Stage {
        guard let stage = Stage(rawValue: stage) else {
            preconditionFailure("receipts are written by stages")
        }
        return stage
    }
}

/// Whether an error concerns the whole build, such as a full disk or ctrl-C, rather than one sample.
func stopsTheBuild(_ error: any Error) -> Bool {
    switch error {
    case is CancellationError: true
    case VolumeFileError.noSpace, VolumeFileError.cannotWrite: true
    case WorkspaceError.noSpace, WorkspaceError.cannotWrite, WorkspaceError.held: true
    default: false
    }
}

/// An error as one line.
func oneLine(_ error: any Error) -> String {
    String(describing: error).split(separator: "\n").joined(separator: " ")
}
