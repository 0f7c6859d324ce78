import Foundation
import GRDB

extension CatalogDatabase {
    /// Looks for damage: in the pages, the references, the schema.
    ///
    /// - Returns: What is wrong, a line each; empty for a sound catalog.
    /// - Complexity: Reads the whole file.
    public func check() throws(CatalogError) -> [String] {
        let expected = try attempting(path, "the schema") {
            let model = try DatabaseQueue()
            try Schema.migrator.migrate(model)
            return try model.read(CatalogDatabase.schema)
        }
        return try read { db in
            var problems = try String.fetchAll(db, sql: "PRAGMA integrity_check").filter {
                $0 != "ok"
            }
            for row in try Row.fetchAll(db, sql: "PRAGMA foreign_key_check") {
                let table: String = row["table"] ?? ""
                let parent: String = row["parent"] ?? ""
                problems.append("a row of '\(table)' refers to a missing row of '\(parent)'")
            }
            let found = try CatalogDatabase.schema(db)
            for name in Set(expected.keys).union(found.keys).sorted()
            where expected[name] != found[name] {
                problems.append(
                    found[name] == nil
                        ? "\(name) is missing"
                        : expected[name] == nil
                            ? "\(name) is not ours" : "\(name) is not defined as it should be")
            }
            return problems
        }
    }

    /// What defines each table, view and index.
    private static func schema(_ db: Database) throws -> [String: String] {
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT type || ' ' || name AS name, coalesce(sql, '') AS sql FROM sqlite_master")
        return Dictionary(
            rows.map { ($0["name"] as String, $0["sql"] as String) },
            uniquingKeysWith: { first, _ in first })
    }
}
