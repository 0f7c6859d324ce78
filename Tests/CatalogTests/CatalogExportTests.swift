import Dataset
import Foundation
import GRDB
import TestSupport
import Testing

@testable import Catalog

@Suite struct `Exporting a catalog` {
    let scratch: ScratchFolder
    let catalog: CatalogDatabase

    init() throws {
        scratch = try ScratchFolder()
        catalog = try CatalogDatabase(at: scratch.appending("catalog.sqlite"))
    }

    private func text(_ tables: [String], _ format: ExportFormat) throws -> String {
        var text = ""
        try catalog.export(tables, as: format) { text += $0 }
        return text
    }

    @Test func `as CSV follows RFC 4180`() throws {
        try catalog.replaceMeta([
            "a": "plain", "b": "with, comma", "c": "say \"hi\"", "d": "two\nlines", "e": "",
        ])
        #expect(
            try text(["meta"], .csv)
                == "key,value\r\na,plain\r\nb,\"with, comma\"\r\nc,\"say \"\"hi\"\"\"\r\nd,\"two\nlines\"\r\ne,\"\"\r\n"
        )
    }

    @Test func `as CSV leaves NULL empty and numbers exact`() throws {
        try catalog.replace(sample("p1", seed: 1))
        let lines = try text(["patch"], .csv).split(separator: "\r\n")
        #expect(lines[0] == "sample,z,y,x,depth,height,width,id,porosity,flags")
        #expect(lines[1] == "p1,0,0,0,16,16,16,p1/z0-y0-x0,0.0,\"constant,no_pores\"")
        #expect(lines[5] == "p1,0,16,0,16,16,16,p1/z0-y16-x0,,\"\"")
        #expect(lines.count == 9)
    }

    @Test func `as JSON says everything again`() throws {
        for index in hostileTexts.indices {
            try catalog.replace(sample("p\(index)", seed: UInt64(index), patches: 2, hostile: true))
        }
        let tables = try catalog.tableNames()
        #expect(tables.contains("v_patches") && !tables.contains("grdb_migrations"))
        for table in tables {
            let json = try JSONSerialization.jsonObject(with: Data(try text([table], .json).utf8))
            let rows = try #require(json as? [[String: Any]])
            let lines = try catalog.read { db in
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1
            }
            #expect(rows.count == lines)
        }
        let all = try JSONSerialization.jsonObject(with: Data(try catalog.dump().utf8))
        #expect((all as? [String: Any])?.keys.sorted() == tables)
        let samples = try #require(
            try JSONSerialization.jsonObject(with: Data(try text(["sample"], .json).utf8))
                as? [[String: Any]])
        let stored = try catalog.sampleSummaries().map(\.material)
        #expect(samples.map { $0["material"] as? String } == stored)
    }

    @Test func `of nothing gives an empty list`() throws {
        #expect(try text(["patch"], .json) == "[\n]\n")
    }

    @Test(arguments: [
        "v_patchs", "sample; DROP TABLE sample", "sqlite_master", "grdb_migrations", "",
    ])
    func `of an unknown table names the known ones`(table: String) throws {
        #expect { try text([table], .csv) } throws: { error in
            guard case CatalogError.unknownTable(table, _, let known) = error else { return false }
            return known.contains("v_pairs") && "\(error)".contains("v_parameters")
        }
    }

    @Test func `with a misspelt name is told the nearest`() {
        #expect { try text(["v_patchs"], .csv) } throws: {
            "\($0)".contains("did you mean 'v_patches'?")
        }
    }

    @Test func `of several tables as CSV is refused`() {
        #expect(throws: CatalogError.severalTablesInCSV(["sample", "scan"])) {
            try text(["sample", "scan"], .csv)
        }
    }

    @Test func `passes on what the output throws`() {
        struct Closed: Error {}
        #expect(throws: Closed.self) {
            try catalog.export(["meta"], as: .csv) { _ in throw Closed() }
        }
    }
}
