import Dataset
import Foundation
import SystemPackage
import Workspace

/// What the workspace knows of one sample: the facts a user gave, and which outputs are the current
/// ones. Kept in `samples/SAMPLE/sample.json`, so that the catalog can be rebuilt without the manifest.
struct SampleState: Codable, Equatable {
    /// The sample's name.
    let sample: SampleID
    /// What it is made of.
    var material: String
    /// HIGH voxels along a LOW voxel in its pair.
    var scale: Int
    /// What the laboratory measured.
    var laboratory: [LaboratoryValue]
    /// How each stage last ended.
    var stages: [String: StageRun] = [:]

    /// How a stage last ended.
    struct StageRun: Codable, Equatable {
        /// The folder of its outputs; absent where the key could not even be computed.
        var key: Digest?
        /// How it ended.
        var outcome: StageOutcome
        /// Why it failed or was left out.
        var message: String?
        /// When it began.
        var started: Date
        /// When it ended.
        var finished: Date
    }

    subscript(stage: Stage) -> StageRun? {
        get { stages[stage.rawValue] }
        set { stages[stage.rawValue] = newValue }
    }

    /// The state on disk; `nil` for a sample never built here.
    static func read(
        _ sample: SampleID, in layout: WorkspaceLayout
    ) throws(WorkspaceError) -> SampleState? {
        do throws(WorkspaceError) {
            return try CanonicalJSON.read(SampleState.self, from: layout.state(of: sample.name))
        } catch .missing {
            return nil
        }
    }

    /// Writes the state unless the disk already says the same.
    func write(in layout: WorkspaceLayout) throws {
        if let known = try? SampleState.read(sample, in: layout), known == self { return }
        try AtomicFile.createFolder(layout.sample(sample.name))
        try CanonicalJSON.write(self, to: layout.state(of: sample.name))
    }
}
