public import Dataset
import Manifest
public import SystemPackage
import Workspace

/// How a workspace stands: what is done, what failed and why.
public struct BuildSummary: Codable, Sendable {
    /// The dataset's name; empty before the first whole build.
    public let dataset: String
    /// The samples, in the manifest's order where one is known.
    public let samples: [SampleSummary]
    /// The catalog's path; `nil` before it is written.
    public let catalog: String?
    /// The page's path; `nil` before it is drawn.
    public let report: String?

    /// How one sample stands.
    public struct SampleSummary: Codable, Sendable {
        /// Its name.
        public let sample: SampleID
        /// Its part of the split.
        public let split: SplitPart?
        /// How each stage that ran ended, in order.
        public let stages: [StageSummary]
        /// Total porosity of the mask, 0...1.
        public let porosity: Double?
        /// Correlation of the pair after registration.
        public let correlation: Double?
        /// Patches listed.
        public let patches: Int?

        /// Whether every stage that ran is done or does not apply.
        public var isSound: Bool { stages.allSatisfy { $0.outcome != .failed } }
    }

    /// How one stage of a sample ended.
    public struct StageSummary: Codable, Sendable {
        /// The stage.
        public let stage: Stage
        /// How it ended.
        public let outcome: StageOutcome
        /// Why it failed or was left out.
        public let message: String?
    }

    /// The samples with a failed stage.
    public var failed: [SampleSummary] { samples.filter { !$0.isSound } }

    init(_ manifest: Manifest, in layout: WorkspaceLayout) throws {
        try self.init(
            dataset: manifest.name, ids: manifest.samples.map(\.id),
            DatasetState.read(in: layout), in: layout)
    }

    /// Reads how the workspace in `output` stands.
    public init(of output: FilePath) throws {
        let layout = WorkspaceLayout(root: output)
        let dataset = try DatasetState.read(in: layout)
        let ids = try dataset?.samples.map(\.sample) ?? samplesOnDisk(in: layout)
        try self.init(dataset: dataset?.name ?? "", ids: ids, dataset, in: layout)
    }

    private init(
        dataset name: String, ids: [SampleID], _ dataset: DatasetState?, in layout: WorkspaceLayout
    ) throws {
        let parts = Dictionary(
            (dataset?.samples ?? []).map { ($0.sample, $0.assignment) },
            uniquingKeysWith: { first, _ in first })
        self.dataset = name
        samples = try ids.map { id in
            guard let state = try SampleState.read(id, in: layout) else {
                return SampleSummary(
                    sample: id, split: parts[id]?.part, stages: [], porosity: nil,
                    correlation: nil, patches: nil)
            }
            return SampleSummary(BuiltSample(state, assignment: parts[id], in: layout))
        }
        catalog = exists(layout.catalog) ? layout.catalog.string : nil
        report = exists(layout.page) ? layout.page.string : nil
    }
}

extension BuildSummary.SampleSummary {
    init(_ built: BuiltSample) {
        let state = built.state
        sample = state.sample
        split = built.assignment?.part
        stages = Stage.allCases.compactMap { stage in
            guard let run = state[stage] else { return nil }
            if run.outcome == .done, !built.hasOutputs(of: stage) {
                return BuildSummary.StageSummary(
                    stage: stage, outcome: .failed,
                    message: "its outputs are missing or damaged; run the same build again")
            }
            return BuildSummary.StageSummary(
                stage: stage, outcome: run.outcome, message: run.message)
        }
        porosity = built.segment?.output.porosity
        correlation = built.register?.output.correlation
        patches = built.isDone(.patch) ? built.patch?.output.patches.count : nil
    }
}
