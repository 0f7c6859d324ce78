import Catalog
import Dataset
import Foundation
import Manifest
import Synchronization
import SystemPackage
import TestSupport
import Volumes
import Workspace

@testable import Pipeline

/// A scratch folder with scans, manifests over them and a workspace.
struct Laboratory {
    let scratch: ScratchFolder
    var output: FilePath { scratch.appending("out") }
    var layout: WorkspaceLayout { WorkspaceLayout(root: output) }

    init() throws { scratch = try ScratchFolder() }

    /// Writes both scans of a phantom; the answer is the sample's entry in a manifest.
    func pair(_ id: String, seed: UInt64, more: String = "") throws -> String {
        let phantom = PhantomPair(seed: seed)
        try writeScan(phantom.low, to: scratch.appending("\(id)-low.tif"))
        try writeScan(phantom.high, to: scratch.appending("\(id)-high.npy"))
        return """
              - id: \(id)
                material: phantom
                low: {path: \(id)-low.tif, voxel_size: 6 um}
                high: {path: \(id)-high.npy, voxel_size: 2 um}
            \(more.isEmpty ? "" : "    \(more)\n")
            """
    }

    /// Writes one scan, for a sample without a LOW scan.
    func single(_ id: String, seed: UInt64, edge: Int = 16, more: String = "") throws -> String {
        try writeScan(phantomScan(edge: edge, seed: seed), to: scratch.appending("\(id).npy"))
        return entry(id, path: "\(id).npy", more: more)
    }

    /// The entry of a sample with a mask and parameters only.
    func entry(_ id: String, path: String, more: String = "") -> String {
        """
          - id: \(id)
            material: phantom
            low: none
            high: {path: \(path), voxel_size: 2 um}
        \(more.isEmpty ? "" : "    \(more)\n")
        """
    }

    /// A manifest with these samples.
    func manifest(
        _ samples: String..., settings: String = "segmentation: {threshold: otsu}"
    ) throws -> Manifest {
        try Manifest(
            yaml: """
                dataset:
                  name: phantoms
                  scale: \(PhantomPair.scale)
                  patches: {size: 5, stride: 5}
                  \(settings)
                samples:
                \(samples.joined(separator: "\n"))
                """, path: scratch.appending("manifest.yaml"))
    }

    /// Builds, and tells what happened.
    @discardableResult
    func run(
        _ manifest: Manifest, last: Stage = .catalog, samples: Set<SampleID>? = nil, jobs: Int = 1,
        memory: Int = 4_000_000_000
    ) async throws -> Notes {
        let notes = Notes()
        _ = try await build(
            manifest, in: output,
            options: BuildOptions(last: last, samples: samples, jobs: jobs, memory: memory),
            observer: notes)
        return notes
    }

    /// What would be done, as `sample/stage: reason`.
    func plan(_ manifest: Manifest) throws -> [String] {
        try planBuild(
            manifest, in: output, options: BuildOptions(memory: 4_000_000_000)
        ).map { "\($0.sample)/\($0.stage): \($0.runs ? "" : "kept, ")\($0.reason)" }
    }

    /// The rows of a table or view.
    func rows(_ table: String) throws -> [[String: Any]] {
        var text = ""
        try export([table], of: output, as: .json) { text += $0 }
        return try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [[String: Any]] ?? []
    }

    /// All that the catalog says.
    func dump() throws -> String { try CatalogDatabase(readingAt: layout.catalog).dump() }

    /// The outputs of a sample's stage.
    func folder(_ sample: String, _ stage: Stage) throws -> FilePath {
        let folder = layout.stage(stage.rawValue, of: sample)
        let keys = try FileManager.default.contentsOfDirectory(atPath: folder.string)
        precondition(keys.count == 1, "a stage has one current result")
        return folder.appending(keys[0])
    }
}

/// Takes down what happens in a build.
final class Notes: BuildObserver {
    private let events = Mutex<[BuildEvent]>([])

    func note(_ event: BuildEvent) { events.withLock { $0.append(event) } }

    private func select(_ choose: (BuildEvent) -> String?) -> [String] {
        events.withLock { $0 }.compactMap(choose)
    }

    /// The stages that ran, as `sample/stage`.
    var ran: [String] {
        select { if case .started(let id, let stage, _) = $0 { "\(id)/\(stage)" } else { nil } }
    }

    /// The stages that were as they should be.
    var reused: [String] {
        select { if case .reused(let id, let stage) = $0 { "\(id)/\(stage)" } else { nil } }
    }

    /// The stages that failed, and why.
    var failed: [String: String] {
        let pairs = events.withLock { $0 }.compactMap { event in
            if case .failed(let id, let stage, let message) = event {
                ("\(id)/\(stage)", message)
            } else {
                nil
            }
        }
        return Dictionary(pairs, uniquingKeysWith: { $1 })
    }
}
