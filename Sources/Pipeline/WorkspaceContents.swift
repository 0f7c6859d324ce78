import Dataset
import Foundation
import SystemPackage
import Workspace

/// Whether there is something at `path`.
func exists(_ path: FilePath) -> Bool { FileManager.default.fileExists(atPath: path.string) }

/// The samples that a workspace has folders of, in order of their names.
func samplesOnDisk(in layout: WorkspaceLayout) throws(WorkspaceError) -> [SampleID] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: layout.samples.string)
    else { throw .missing(layout.samples) }
    return names.compactMap { SampleID($0) }.filter { exists(layout.state(of: $0.name)) }.sorted()
}

/// What a workspace holds of its samples, in the manifest's order. A sample never built is left out.
func builtSamples(of dataset: DatasetState, in layout: WorkspaceLayout) throws -> [BuiltSample] {
    try dataset.samples.compactMap { entry in
        try SampleState.read(entry.sample, in: layout).map {
            BuiltSample($0, assignment: entry.assignment, in: layout)
        }
    }
}

extension WorkspaceLayout {
    /// The page.
    var page: FilePath { report.appending("index.html") }
}
