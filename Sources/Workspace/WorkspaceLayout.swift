public import SystemPackage

/// Where things lie in a workspace.
public struct WorkspaceLayout: Hashable, Sendable {
    /// The folder given as OUT.
    public let root: FilePath

    /// The layout of the workspace in `root`.
    public init(root: FilePath) { self.root = root }

    /// The SQLite catalog, derived from everything else.
    public var catalog: FilePath { root.appending("catalog.sqlite") }
    /// The file whose lock is the right to write here.
    public var lock: FilePath { root.appending(".lock") }
    /// What belongs to the dataset as a whole: its settings and the split.
    public var dataset: FilePath { root.appending("dataset.json") }
    /// The folder of the page.
    public var report: FilePath { root.appending("report") }
    /// One folder a training run.
    public var runs: FilePath { root.appending("runs") }
    /// One folder a sample.
    public var samples: FilePath { root.appending("samples") }

    /// The folder of one sample.
    public func sample(_ sample: String) -> FilePath { samples.appending(sample) }

    /// What is known of one sample, and which outputs are its current ones.
    public func state(of sample: String) -> FilePath {
        self.sample(sample).appending("sample.json")
    }

    /// The folder of all outputs of a stage for a sample.
    public func stage(_ stage: String, of sample: String) -> FilePath {
        self.sample(sample).appending(stage)
    }

    /// The folder of the outputs made under one key.
    public func outputs(_ stage: String, of sample: String, key: Digest) -> FilePath {
        self.stage(stage, of: sample).appending(key.hexadecimal)
    }

    /// `path` as the catalog and receipts write it: relative to the workspace, `/` between names.
    public func relative(_ path: FilePath) -> String {
        var relative = path
        return relative.removePrefix(root) ? relative.string : path.string
    }
}
