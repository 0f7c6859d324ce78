import Dataset
import Manifest
import Workspace

/// What belongs to the dataset as a whole, kept in `dataset.json`: which samples it has, and which part
/// each is in. Parts stay as they are when samples are added, so that models stay comparable.
struct DatasetState: Codable, Equatable {
    /// The name in the manifest.
    let name: String
    /// The wanted shares.
    let fractions: SplitFractions
    /// What ranks the samples.
    let seed: UInt64
    /// The samples in the manifest's order, each with its part.
    let samples: [Entry]
    /// What a user should know of the split.
    let notes: [String]

    /// One sample's part.
    struct Entry: Codable, Equatable {
        let sample: SampleID
        let assignment: SplitRecord
    }

    /// The state on disk; `nil` before the first split.
    static func read(in layout: WorkspaceLayout) throws(WorkspaceError) -> DatasetState? {
        do throws(WorkspaceError) {
            return try CanonicalJSON.read(DatasetState.self, from: layout.dataset)
        } catch .missing {
            return nil
        }
    }

    /// Splits the samples of a manifest, keeping the parts of `previous` unless shares or seed changed.
    init(
        name: String, samples: [SampleID], pinned: [SampleID: SplitPart],
        fractions: SplitFractions, seed: UInt64, previous: DatasetState?
    ) throws {
        let isComparable = previous?.fractions == fractions && previous?.seed == seed
        let before = Dictionary(
            (isComparable ? previous?.samples ?? [] : []).map { ($0.sample, $0.assignment) },
            uniquingKeysWith: { first, _ in first })
        let split = try assignSplit(
            samples: samples, pinned: pinned, previous: before.mapValues(\.part),
            fractions: fractions, seed: seed)
        self.name = name
        self.fractions = fractions
        self.seed = seed
        self.samples = samples.compactMap { id in
            guard let assignment = split.assignments[id] else { return nil }
            // A part that is kept keeps its first reason, so that the same build is the same bytes.
            let kept = pinned[id] == nil ? before[id] : nil
            return Entry(
                sample: id,
                assignment: kept
                    ?? SplitRecord(assignment.part, reason: assignment.reason.description))
        }
        notes = split.notes
    }

    /// Writes the state unless the disk already says the same.
    func write(in layout: WorkspaceLayout) throws {
        if let known = try? DatasetState.read(in: layout), known == self { return }
        try CanonicalJSON.write(self, to: layout.dataset)
    }
}

extension SplitFractions {
    /// The shares of a manifest, which are checked where it is read.
    init(_ settings: SplitEntry) {
        guard
            let fractions = SplitFractions(
                train: settings.train, validation: settings.validation, test: settings.test)
        else { preconditionFailure("a manifest's shares add to one") }
        self = fractions
    }
}
