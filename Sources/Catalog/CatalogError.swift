public import SystemPackage

/// A reason the catalog cannot be read or written.
public enum CatalogError: Error, Equatable, CustomStringConvertible {
    /// There is no catalog.
    case missing(FilePath)
    /// The file is something else.
    case foreign(FilePath, reason: String)
    /// A newer tomopair wrote it.
    case newer(FilePath, schema: Int, known: Int)
    /// An older tomopair wrote it, and it is open for reading only.
    case older(FilePath, schema: Int, known: Int)
    /// It is damaged.
    case corrupt(FilePath, reason: String)
    /// Another process keeps it.
    case busy(FilePath)
    /// The system refuses.
    case cannotWrite(FilePath, reason: String)
    /// The disk or quota is full.
    case noSpace(FilePath)
    /// The facts break a rule of the catalog, such as a porosity above one.
    case refused(FilePath, what: String, reason: String)
    /// Training cannot rely on what the catalog says of some samples.
    case unusable(FilePath, what: String, reason: String)
    /// There is no such table or view.
    case unknownTable(String, nearest: String?, known: [String])
    /// A CSV holds one table.
    case severalTablesInCSV([String])
    /// SQLite reports something we did not expect.
    case failed(FilePath, reason: String)

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .missing(let path):
            "\(path): no catalog here; run 'tomopair build', or \(rebuild(path)) where the samples are"
        case .foreign(let path, let reason):
            "\(path): not a catalog of tomopair: \(reason); move it away and run \(rebuild(path))"
        case .newer(let path, let schema, let known):
            "\(path): written by a newer tomopair (schema \(schema), this one knows \(known)); use that version"
        case .older(let path, let schema, let known):
            "\(path): written by an older tomopair (schema \(schema), this one needs \(known)); run \(rebuild(path))"
        case .corrupt(let path, let reason):
            "\(path): damaged (\(reason)); delete it and run \(rebuild(path))"
        case .busy(let path):
            "\(path): another process keeps it locked; wait for it, or stop it, and run the same command again"
        case .cannotWrite(let path, let reason):
            "\(path): cannot be opened or written (\(reason)); check the folder and its permissions"
        case .noSpace(let path):
            "\(path): no space left on the disk; free some and run the same command again"
        case .refused(let path, let what, let reason):
            "\(path): \(what) breaks a rule of the catalog (\(reason)); this is a bug, please report it"
        case .unusable(let path, let what, let reason):
            "\(path): \(what) \(reason)"
        case .unknownTable(let name, let nearest, let known):
            "no table or view '\(name)'; "
                + (nearest.map { "did you mean '\($0)'? " } ?? "")
                + "there are \(known.joined(separator: ", "))"
        case .severalTablesInCSV(let names):
            "a CSV file holds one table; export \(names.joined(separator: ", ")) one by one, or as JSON"
        case .failed(let path, let reason):
            "\(path): \(reason); if it stays so, delete it and run \(rebuild(path))"
        }
    }

    private func rebuild(_ path: FilePath) -> String {
        let folder = path.removingLastComponent()
        return "'tomopair catalog rebuild \(folder.isEmpty ? "." : folder)'"
    }
}
