public import Dataset
import Foundation
public import Manifest
public import SystemPackage
import Volumes
import Workspace

/// How much of a build to do, and with what.
public struct BuildOptions: Sendable {
    /// The last stage to run.
    public let last: Stage
    /// The samples to build; all if `nil`.
    public let samples: Set<SampleID>?
    /// Samples worked on at once, at least 1.
    public let jobs: Int
    /// Bytes of memory a stage may take.
    public let memory: Int

    /// Everything, one sample at a time, unless told otherwise.
    public init(last: Stage = .catalog, samples: Set<SampleID>? = nil, jobs: Int = 1, memory: Int) {
        precondition(jobs >= 1 && memory > 0, "a build has a job and some memory")
        self.last = last
        self.samples = samples
        self.jobs = jobs
        self.memory = memory
    }

    /// Whether this is one of a cluster's jobs, which work on samples of their own side by side and
    /// leave the catalog alone.
    var isShare: Bool { samples != nil && last < .catalog }
}

/// Builds the samples of a manifest in `output`, doing only what is not done yet.
///
/// A sample that fails is told to `observer` and noted in the workspace; the others go on. Results are
/// the same bits for any number of jobs and threads.
///
/// - Throws: `WorkspaceError` and `VolumeFileError` where nothing can be written or another build holds
///   the workspace, and `CancellationError` when the task was cancelled; then everything finished so
///   far stays, and the same build goes on from there.
public func build(
    _ manifest: Manifest, in output: FilePath, options: BuildOptions,
    observer: any BuildObserver
) async throws -> BuildSummary {
    let layout = WorkspaceLayout(root: output)
    try AtomicFile.createFolder(layout.samples)
    let lock = try WorkspaceLock(layout.lock, options.isShare ? .shared : .exclusive)
    defer { withExtendedLifetime(lock) {} }

    // Others of a cluster may be writing beside us; a whole build has the workspace for itself.
    if !options.isShare {
        for folder in [layout.root, layout.report] { AtomicFile.sweepTemporaries(in: folder) }
    }
    let build = Build(manifest, layout: layout, options: options, observer: observer)
    try await build.runSamples()
    if !options.isShare, options.last >= .split {
        let dataset = try build.split()
        if options.last >= .catalog {
            let samples = try builtSamples(of: dataset, in: layout)
            try writeCatalog(samples, name: dataset.name, in: layout)
            try writeReport(samples, dataset, in: layout)
            try build.sweepSuperseded()
        }
    }
    return try BuildSummary(manifest, in: layout)
}

private struct Build: Sendable {
    let plans: [SamplePlan]
    let manifest: Manifest
    let layout: WorkspaceLayout
    let options: BuildOptions
    let observer: any BuildObserver

    init(
        _ manifest: Manifest, layout: WorkspaceLayout, options: BuildOptions,
        observer: any BuildObserver
    ) {
        self.manifest = manifest
        self.layout = layout
        self.options = options
        self.observer = observer
        plans = manifest.samples.filter { options.samples?.contains($0.id) ?? true }
            .map { SamplePlan($0, in: manifest) }
    }

    /// Takes every sample in, refuses those that came in before, and goes on with the rest.
    func runSamples() async throws {
        let ingested = try await forEach(plans) { plan in
            let lock = try sampleLock(plan.id)
            defer { withExtendedLifetime(lock) {} }
            AtomicFile.sweepTemporaries(in: layout.sample(plan.id.name))
            var sample = try SampleBuild(
                plan, layout: layout, memory: options.memory, observer: observer)
            return try sample.ingest()
        }
        guard options.last > .ingest else { return }
        var going: [(SamplePlan, FinishedStage<IngestOutput>)] = []
        var contents = try contentsOfOthers()
        for (plan, ingest) in zip(plans, ingested) {
            guard let ingest else { continue }
            let sums = [ingest.output.high, ingest.output.low].compactMap(\.self)
                .filter { !$0.isSynthetic }.map { ($0.contentSHA256, $0.role) }
            let before = sums.flatMap { contents[$0.0, default: []] }
            if let (other, role) = before.first(where: { !mayShare(plan.id, $0.sample) }) {
                var sample = try SampleBuild(
                    plan, layout: layout, memory: options.memory, observer: observer)
                try sample.fail(
                    .ingest, key: ingest.receipt.key,
                    PipelineError.sameContent(as: other, role: role), since: ingest.receipt.started)
                continue
            }
            for (sum, role) in sums { contents[sum, default: []].append((plan.id, role)) }
            going.append((plan, ingest))
        }
        _ = try await forEach(going) { plan, ingest in
            let lock = try sampleLock(plan.id)
            defer { withExtendedLifetime(lock) {} }
            var sample = try SampleBuild(
                plan, layout: layout, memory: options.memory, observer: observer)
            try sample.run(after: ingest, until: options.last)
        }
    }

    /// What the samples of the manifest that are not built now have brought in before.
    private func contentsOfOthers() throws -> [Digest: [(sample: SampleID, role: ScanRole)]] {
        var contents: [Digest: [(sample: SampleID, role: ScanRole)]] = [:]
        let ids = Set(plans.map(\.id))
        for entry in manifest.samples where !ids.contains(entry.id) {
            guard let state = try SampleState.read(entry.id, in: layout),
                state[.ingest]?.outcome == .done
            else { continue }
            let built = BuiltSample(state, assignment: nil, in: layout)
            for scan in [built.ingest?.output.high, built.ingest?.output.low].compactMap(\.self)
            where !scan.isSynthetic {
                contents[scan.contentSHA256, default: []].append((entry.id, scan.role))
            }
        }
        return contents
    }

    /// Whether the manifest lets two samples have one scan.
    private func mayShare(_ one: SampleID, _ other: SampleID) -> Bool {
        guard let first = manifest.samples.first(where: { $0.id == one }),
            let second = manifest.samples.first(where: { $0.id == other })
        else { return false }
        return first.mayShareScans(with: second)
    }

    /// Two jobs of a cluster that were given one sample: the second says so.
    private func sampleLock(_ id: SampleID) throws -> WorkspaceLock? {
        guard options.isShare else { return nil }
        let folder = layout.sample(id.name)
        try AtomicFile.createFolder(folder)
        return try WorkspaceLock(folder.appending(".lock"), .exclusive)
    }

    /// Decides the parts of all samples of the manifest, built or not.
    func split() throws -> DatasetState {
        let pinned = manifest.samples.compactMap { entry in entry.split.map { (entry.id, $0) } }
        let state = try DatasetState(
            name: manifest.name, samples: manifest.samples.map(\.id),
            pinned: Dictionary(pinned, uniquingKeysWith: { first, _ in first }),
            fractions: SplitFractions(manifest.split), seed: manifest.split.seed,
            previous: try DatasetState.read(in: layout))
        try state.write(in: layout)
        return state
    }

    /// Removes outputs that a later run of the same stage has taken the place of.
    func sweepSuperseded() throws {
        for plan in plans {
            guard let state = try SampleState.read(plan.id, in: layout) else { continue }
            for stage in Stage.allCases {
                // What a failed run would have replaced may still be wanted.
                guard let run = state[stage], run.outcome == .done, let current = run.key else {
                    continue
                }
                let folder = layout.stage(stage.rawValue, of: plan.id.name)
                let names =
                    (try? FileManager.default.contentsOfDirectory(atPath: folder.string)) ?? []
                for name in names where name != current.hexadecimal {
                    try? FileManager.default.removeItem(atPath: folder.appending(name).string)
                }
            }
        }
    }

    /// Does `body` for every item, `jobs` at once, and keeps the order of the results.
    private func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], _ body: @escaping @Sendable (Item) throws -> Result
    ) async throws -> [Result] {
        try await withThrowingTaskGroup(of: (Int, Result).self) { group in
            var results = [Result?](repeating: nil, count: items.count)
            for (index, item) in items.enumerated() {
                if index >= options.jobs, let (done, result) = try await group.next() {
                    results[done] = result
                }
                group.addTask { (index, try body(item)) }
            }
            while let (done, result) = try await group.next() { results[done] = result }
            return results.compactMap(\.self)
        }
    }
}
