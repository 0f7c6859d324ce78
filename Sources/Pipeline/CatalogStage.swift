public import Catalog
import Dataset
import Foundation
public import SystemPackage
import Workspace

/// Makes the catalog say what the receipts say; untouched where it already does.
func writeCatalog(_ samples: [BuiltSample], name: String, in layout: WorkspaceLayout) throws {
    let catalog = try openSettingAsideDamage(layout.catalog)
    try catalog.replaceMeta(["dataset": name, "tool_version": toolVersion])
    for sample in samples { try catalog.replace(sample.record(in: layout)) }
    _ = try catalog.removeSamples(notIn: Set(samples.map(\.state.sample)))
    let runs = try trainingRuns(in: layout)
    for run in runs { try catalog.replace(run) }
    _ = try catalog.removeRuns(notIn: Set(runs.map(\.name)))
    try catalog.close()
}

/// The catalog is derived, so a damaged one is put aside for a new one: `catalog-damaged.sqlite`.
private func openSettingAsideDamage(_ path: FilePath) throws -> CatalogDatabase {
    do throws(CatalogError) {
        return try CatalogDatabase(at: path)
    } catch {
        switch error {
        case .corrupt, .foreign:
            let aside = path.removingLastComponent().appending("catalog-damaged.sqlite")
            try? FileManager.default.removeItem(atPath: aside.string)
            try FileManager.default.moveItem(atPath: path.string, toPath: aside.string)
            for ending in ["-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: path.string + ending)
            }
            return try CatalogDatabase(at: path)
        default: throw error
        }
    }
}

/// Makes the catalog of the workspace in `output` anew, from receipts alone.
///
/// - Returns: Where it is.
/// - Throws: `WorkspaceError` and `CatalogError`.
public func rebuildCatalog(of output: FilePath) throws -> FilePath {
    let layout = WorkspaceLayout(root: output)
    let lock = try lockWhole(layout)
    defer { withExtendedLifetime(lock) {} }
    let dataset = try knownDataset(in: layout)
    for ending in ["", "-wal", "-shm"] {
        try? FileManager.default.removeItem(atPath: layout.catalog.string + ending)
    }
    try writeCatalog(builtSamples(of: dataset, in: layout), name: dataset.name, in: layout)
    return layout.catalog
}

/// What is wrong with the catalog of the workspace in `output`: its own integrity first, then whether
/// it says what the receipts say.
///
/// - Throws: `WorkspaceError` and `CatalogError` where there is none.
public func checkCatalog(of output: FilePath) throws -> [String] {
    let layout = WorkspaceLayout(root: output)
    let catalog = try CatalogDatabase(readingAt: layout.catalog)
    var problems = try catalog.check()
    guard problems.isEmpty else { return problems }
    let dataset = try knownDataset(in: layout)
    // Checking writes nothing to the workspace, which may be read-only.
    let scratch = FilePath(NSTemporaryDirectory()).appending("tomopair-\(UUID().uuidString).sqlite")
    defer {
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: scratch.string + ending)
        }
    }
    let fresh = try CatalogDatabase(at: scratch)
    try fresh.replaceMeta(["dataset": dataset.name, "tool_version": toolVersion])
    for sample in try builtSamples(of: dataset, in: layout) {
        try fresh.replace(sample.record(in: layout))
    }
    for run in try trainingRuns(in: layout) { try fresh.replace(run) }
    if try fresh.dump() != catalog.dump() {
        problems.append(
            "the catalog does not say what the receipts say; run 'tomopair catalog rebuild \(output)'"
        )
    }
    try fresh.close()
    return problems
}

/// Writes tables or views of the workspace in `output` as text, piece by piece.
///
/// - Throws: `CatalogError` for a table that is not there, and what `write` throws.
public func export(
    _ tables: [String], of output: FilePath, as format: ExportFormat,
    to write: (String) throws -> Void
) throws {
    let catalog = try CatalogDatabase(readingAt: WorkspaceLayout(root: output).catalog)
    try catalog.export(tables, as: format, to: write)
}

/// The dataset that the workspace was last built as.
func knownDataset(in layout: WorkspaceLayout) throws(WorkspaceError) -> DatasetState {
    guard let dataset = try DatasetState.read(in: layout) else { throw .missing(layout.dataset) }
    return dataset
}

/// The right to change the workspace, which has to be there.
func lockWhole(_ layout: WorkspaceLayout) throws(WorkspaceError) -> WorkspaceLock {
    guard exists(layout.samples) else { throw .missing(layout.samples) }
    return try WorkspaceLock(layout.lock, .exclusive)
}
