public import Dataset
import Foundation
import GRDB
public import SystemPackage
import Volumes

/// The catalog of a workspace: what was made, from what, and how, in one SQLite file.
///
/// It is derived from the receipts of the stages and can be rebuilt from them. One process writes at
/// a time; should two meet, the second waits up to half a minute. While it is written on a local disk
/// there is a write-ahead log beside it; after ``close()`` it is one file again.
public final class CatalogDatabase: Sendable {
    /// The file.
    public let path: FilePath
    /// Whether only reading is allowed.
    public let isReadOnly: Bool
    private let fileSystem: FileSystemKind
    let queue: DatabaseQueue

    /// Opens the catalog for writing; makes it if there is none, and brings an older one up to date.
    ///
    /// - Parameter fileSystem: Where it lies; by default the system is asked. On a shared file system
    ///   there is no write-ahead log.
    /// - Throws: ``CatalogError`` for a file that is something else, damaged, or from a newer version.
    public init(at path: FilePath, on fileSystem: FileSystemKind? = nil) throws(CatalogError) {
        self.path = path
        self.fileSystem = fileSystem ?? FileSystemKind(containing: path)
        isReadOnly = false
        let header = try CatalogHeader(path: path)
        try header?.check(path, known: Schema.version)
        let isLocal = self.fileSystem == .local
        queue = try attempting(path, "the catalog") {
            try DatabaseQueue(
                path: path.string,
                configuration: CatalogDatabase.configuration(isLocal: isLocal, isReadOnly: false))
        }
        try migrate()
    }

    /// Opens the catalog for reading only.
    ///
    /// - Throws: ``CatalogError/missing(_:)`` if there is none, and others as for writing; an older
    ///   catalog is not brought up to date, but refused.
    public init(readingAt path: FilePath) throws(CatalogError) {
        self.path = path
        fileSystem = FileSystemKind(containing: path)
        isReadOnly = true
        guard let header = try CatalogHeader(path: path) else { throw .missing(path) }
        try header.check(path, known: Schema.version)
        guard header.isEmpty || header.schema == Schema.version else {
            throw .older(path, schema: header.schema, known: Schema.version)
        }
        queue = try attempting(path, "the catalog") {
            try DatabaseQueue(
                path: path.string,
                configuration: CatalogDatabase.configuration(isLocal: true, isReadOnly: true))
        }
        // The header of a catalog that is being made may lag behind its log, so the last word is SQLite's.
        let (application, schema) = try read { db in
            (
                try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0,
                try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
            )
        }
        guard application == Schema.applicationID else {
            throw .foreign(path, reason: "it is an empty database")
        }
        guard schema == Schema.version else {
            throw .older(path, schema: schema, known: Schema.version)
        }
    }

    deinit { try? close() }

    /// Folds the write-ahead log into the file and closes it; further calls fail.
    public func close() throws(CatalogError) {
        if !isReadOnly {
            // Not while others have it open; the last to close does it.
            switchJournal(to: "DELETE")
        }
        try attempting(path, "the catalog") { try queue.close() }
    }

    private static func configuration(isLocal: Bool, isReadOnly: Bool) -> Configuration {
        var configuration = Configuration()
        configuration.readonly = isReadOnly
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(30)
        configuration.label = "catalog"
        configuration.prepareDatabase { db in
            try db.execute(sql: "PRAGMA trusted_schema = OFF")
            try db.execute(sql: "PRAGMA cell_size_check = ON")
            try db.execute(sql: "PRAGMA synchronous = FULL")
            if !isLocal { try db.execute(sql: "PRAGMA mmap_size = 0") }
        }
        return configuration
    }

    private func migrate() throws(CatalogError) {
        let current = try read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
        guard current < Schema.version else { return }
        do {
            try Schema.migrator.migrate(queue)
        } catch {
            // Another process may have been faster.
            let now = try read { db in try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0 }
            guard now == Schema.version else {
                throw CatalogError(error, path: path, what: "the schema")
            }
        }
    }

    /// Turns the write-ahead log on or off. SQLite refuses at once while others are at work; the
    /// catalog is as sound in the mode it is in, so that is no error.
    private func switchJournal(to mode: String) {
        try? queue.writeWithoutTransaction { db in
            let present = try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            let isLogging = present.lowercased() == "wal"
            guard isLogging != (mode == "WAL") else {
                try db.execute(sql: "PRAGMA synchronous = \(isLogging ? "NORMAL" : "FULL")")
                return
            }
            let now = try String.fetchOne(db, sql: "PRAGMA journal_mode = \(mode)") ?? ""
            // With a log, NORMAL keeps the file sound through a power cut and may lose the last
            // changes, which the receipts still tell; without one, only FULL keeps it sound.
            let isSafe = now.lowercased() == "wal"
            try db.execute(sql: "PRAGMA synchronous = \(isSafe ? "NORMAL" : "FULL")")
        }
    }

    /// How SQLite keeps changes apart from the file now: `wal`, `delete` or `truncate`.
    public var journalMode: String {
        get throws(CatalogError) {
            try attempting(path, "the journal mode") {
                try queue.inDatabase { db in
                    try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
                }
            }
        }
    }

    /// Reads in one consistent state of the file.
    func read<Result>(
        _ body: (Database) throws -> Result
    ) throws(CatalogError) -> Result {
        try attempting(path, "the catalog") { try queue.read(body) }
    }

    /// Changes everything or nothing.
    private func write(
        _ what: String, _ body: (Database) throws -> Void
    ) throws(CatalogError) {
        if fileSystem == .local { switchJournal(to: "WAL") }
        try attempting(path, what) { try queue.write(body) }
    }
}

// MARK: - Samples, runs and facts of the whole

extension CatalogDatabase {
    /// Makes the catalog hold exactly this about a sample, in one transaction.
    ///
    /// - Returns: Whether anything changed; if not, the file was not touched.
    /// - Throws: ``CatalogError/refused(_:what:reason:)`` for facts that break a rule.
    @discardableResult
    public func replace(_ record: SampleRecord) throws(CatalogError) -> Bool {
        let what = "sample '\(record.id)'"
        let tables = try attempting(path, what) { try tableRows(of: record) }
        return try replace(tables, key: record.id.name, what)
    }

    /// Makes the catalog hold exactly this about a training run, in one transaction.
    ///
    /// - Returns: Whether anything changed.
    @discardableResult
    public func replace(_ record: TrainingRunRecord) throws(CatalogError) -> Bool {
        try replace(tableRows(of: record), key: record.name.name, "run '\(record.name)'")
    }

    private func replace(
        _ tables: [TableRows], key: String, _ what: String
    ) throws(CatalogError) -> Bool {
        let isSame = try read { db in
            try tables.allSatisfy { try CatalogDatabase.holds(db, $0, key: key) }
        }
        guard !isSame else { return false }
        try write(what) { db in
            // The first table is kept and updated, so that what refers to it from outside stays.
            for table in tables.dropFirst().reversed() {
                try db.execute(
                    sql: "DELETE FROM \(table.table) WHERE \(table.owner) = ?", arguments: [key])
            }
            for (index, table) in tables.enumerated() where !table.rows.isEmpty {
                let marks = table.columns.map { _ in "?" }.joined(separator: ", ")
                var sql =
                    "INSERT INTO \(table.table) (\(table.columns.joined(separator: ", "))) VALUES (\(marks))"
                if index == 0 {
                    let updates = table.columns.map { "\($0) = excluded.\($0)" }
                    sql +=
                        " ON CONFLICT (\(table.owner)) DO UPDATE SET "
                        + updates.joined(separator: ", ")
                }
                let statement = try db.makeStatement(sql: sql)
                for row in table.rows {
                    try statement.execute(arguments: StatementArguments(row))
                }
            }
        }
        return true
    }

    private static func holds(_ db: Database, _ table: TableRows, key: String) throws -> Bool {
        var missing = Set(table.rows)
        guard missing.count == table.rows.count else { return false }
        let rows = try Row.fetchCursor(
            db,
            sql:
                "SELECT \(table.columns.joined(separator: ", ")) FROM \(table.table) WHERE \(table.owner) = ?",
            arguments: [key])
        while let row = try rows.next() {
            guard missing.remove(Array(row.databaseValues)) != nil else { return false }
        }
        return missing.isEmpty
    }

    /// Removes every sample that is not among `kept`, with all that belongs to it.
    ///
    /// - Returns: The samples removed, in order.
    @discardableResult
    public func removeSamples(notIn kept: Set<SampleID>) throws(CatalogError) -> [String] {
        try remove(from: "sample", key: "id", keeping: Set(kept.map(\.name)))
    }

    /// Removes every training run that is not among `kept`.
    ///
    /// - Returns: The runs removed, in order.
    @discardableResult
    public func removeRuns(notIn kept: Set<SampleID>) throws(CatalogError) -> [String] {
        try remove(from: "run", key: "name", keeping: Set(kept.map(\.name)))
    }

    private func remove(
        from table: String, key: String, keeping kept: Set<String>
    ) throws(CatalogError) -> [String] {
        let surplus = try read { db in
            try String.fetchAll(db, sql: "SELECT \(key) FROM \(table) ORDER BY 1")
        }.filter { !kept.contains($0) }
        guard !surplus.isEmpty else { return [] }
        try write("the removal of \(surplus.joined(separator: ", "))") { db in
            for name in surplus {
                try db.execute(sql: "DELETE FROM \(table) WHERE \(key) = ?", arguments: [name])
            }
        }
        return surplus
    }

    /// Makes `meta` hold exactly these facts about the whole dataset: its name, seeds, versions.
    ///
    /// - Returns: Whether anything changed.
    @discardableResult
    public func replaceMeta(_ facts: [String: String]) throws(CatalogError) -> Bool {
        let wanted = Dictionary(
            facts.map { (text($0.key), text($0.value)) }, uniquingKeysWith: { first, _ in first })
        let stored = try read { db in
            let rows = try Row.fetchAll(db, sql: "SELECT key, value FROM meta")
            return Dictionary(
                rows.map { ($0["key"] as DatabaseValue, $0["value"] as DatabaseValue) },
                uniquingKeysWith: { first, _ in first })
        }
        guard stored != wanted else { return false }
        try write("meta") { db in
            try db.execute(sql: "DELETE FROM meta")
            for (key, value) in wanted {
                try db.execute(
                    sql: "INSERT INTO meta (key, value) VALUES (?, ?)", arguments: [key, value])
            }
        }
        return true
    }

    /// Writes a copy in one piece, without free pages or a log, to a path where nothing is yet.
    public func copy(to target: FilePath) throws(CatalogError) {
        try attempting(target, "the copy") {
            try queue.writeWithoutTransaction { db in
                try db.execute(sql: "VACUUM INTO ?", arguments: [target.string])
            }
        }
    }
}
