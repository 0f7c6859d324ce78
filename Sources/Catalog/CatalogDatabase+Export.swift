import Dataset
import Foundation
import GRDB

/// The forms a table can be written in.
public enum ExportFormat: String, Sendable, CaseIterable {
    /// Comma-separated values (RFC 4180) with a line of column names. NULL is an empty field, an
    /// empty text two quotes.
    case csv
    /// An array of objects, or an object of such arrays by name for several tables.
    case json
}

extension CatalogDatabase {
    /// The tables and views that can be exported, in order of their names.
    public func tableNames() throws(CatalogError) -> [String] {
        try read { db in
            try String.fetchAll(
                db,
                sql: """
                    SELECT name FROM sqlite_master WHERE type IN ('table', 'view')
                        AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'grdb_migrations'
                    ORDER BY name
                    """)
        }
    }

    /// Writes tables or views as text, piece by piece, in an order that their content alone decides.
    ///
    /// - Throws: ``CatalogError/unknownTable(_:nearest:known:)``,
    ///   ``CatalogError/severalTablesInCSV(_:)``, and what `output` throws, as it is.
    public func export(
        _ tables: [String], as format: ExportFormat, to output: (String) throws -> Void
    ) throws {
        let known = try tableNames()
        for table in tables where !known.contains(table) {
            throw CatalogError.unknownTable(
                table, nearest: nearestName(to: table, among: known), known: known)
        }
        switch format {
        case .csv:
            guard tables.count == 1, let table = tables.first else {
                throw CatalogError.severalTablesInCSV(tables)
            }
            try exportCSV(table, to: output)
        case .json:
            guard tables.count != 1 else {
                try exportJSON(tables[0], to: output)
                try output("\n")
                return
            }
            for (index, table) in tables.enumerated() {
                try output("\(index == 0 ? "{" : ",")\n\(jsonText(table)): ")
                try exportJSON(table, to: output)
            }
            try output(tables.isEmpty ? "{}\n" : "\n}\n")
        }
    }

    /// All that the tables hold, as text; equal for catalogs of equal content, however they came about.
    public func dump() throws(CatalogError) -> String {
        let tables = try tableNames()
        return try attempting(path, "the tables") {
            var text = ""
            try export(tables, as: .json) { text += $0 }
            return text
        }
    }

    private func exportCSV(_ table: String, to output: (String) throws -> Void) throws {
        try forEachRow(of: table) { columns in
            try output(columns.map(csvText).joined(separator: ",") + "\r\n")
        } row: { _, values in
            let fields = values.map { value in
                switch value.storage {
                case .null: ""
                case .int64(let number): "\(number)"
                case .double(let number): "\(number)"
                case .string(let text): csvText(text)
                case .blob(let data): csvText(data.base64EncodedString())
                }
            }
            try output(fields.joined(separator: ",") + "\r\n")
        }
    }

    private func exportJSON(_ table: String, to output: (String) throws -> Void) throws {
        var separator = "\n"
        try output("[")
        try forEachRow(of: table) { _ in
        } row: { columns, values in
            let members = zip(columns, values).map { column, value in
                let text =
                    switch value.storage {
                    case .null: "null"
                    case .int64(let number): "\(number)"
                    case .double(let number): number.isFinite ? "\(number)" : "null"
                    case .string(let text): jsonText(text)
                    case .blob(let data): jsonText(data.base64EncodedString())
                    }
                return "\(jsonText(column)): \(text)"
            }
            try output("\(separator){\(members.joined(separator: ", "))}")
            separator = ",\n"
        }
        try output("\n]")
    }

    /// Hands over the column names, then the rows, ordered by the columns from left to right.
    private func forEachRow(
        of table: String, columns begin: ([String]) throws -> Void,
        row body: ([String], [DatabaseValue]) throws -> Void
    ) throws {
        do {
            try queue.read { db in
                let columns = try db.columns(in: table).map(\.name)
                try begin(columns)
                let order = (1...columns.count).map(String.init).joined(separator: ", ")
                let rows = try Row.fetchCursor(
                    db,
                    sql: "SELECT * FROM \(table.quotedDatabaseIdentifier) ORDER BY \(order)")
                while let row = try rows.next() { try body(columns, Array(row.databaseValues)) }
            }
        } catch let error as DatabaseError {
            throw CatalogError(error, path: path, what: "'\(table)'")
        }
    }
}

/// A field of RFC 4180: in quotes when it has to be, and when it is empty, to tell it from NULL.
private func csvText(_ text: String) -> String {
    let needsQuotes =
        text.isEmpty
        || text.unicodeScalars.contains { $0 == "," || $0 == "\"" || $0 == "\r" || $0 == "\n" }
    return needsQuotes ? "\"\(text.replacing("\"", with: "\"\""))\"" : text
}

/// A text of JSON.
private func jsonText(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": result += "\\\""
        case "\\": result += "\\\\"
        case "\n": result += "\\n"
        case "\r": result += "\\r"
        case "\t": result += "\\t"
        case _ where scalar.value < 0x20 || scalar.value == 0x2028 || scalar.value == 0x2029:
            let digits = String(scalar.value, radix: 16)
            result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result + "\""
}
