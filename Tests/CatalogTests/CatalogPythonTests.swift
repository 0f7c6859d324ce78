import Dataset
import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import Catalog

@Suite struct `The catalog's page` {
    private static let page: String = {
        let path = FilePath(#filePath).removingLastComponent().removingLastComponent()
            .removingLastComponent().appending("docs/CATALOG.md")
        return (try? String(contentsOfFile: path.string, encoding: .utf8)) ?? ""
    }()

    @Test func `names every table, view and column`() throws {
        let scratch = try ScratchFolder()
        let catalog = try CatalogDatabase(at: scratch.appending("catalog.sqlite"))
        let words = Set(
            `The catalog's page`.page.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(
                String.init))
        for table in try catalog.tableNames() {
            #expect(words.contains(table))
            let columns = try catalog.read { db in try db.columns(in: table).map(\.name) }
            for column in columns where !words.contains(column) {
                // Columns that differ from a named one in the axis or the scan only are "…".
                let like = [("_y_", "_z_"), ("_x_", "_z_"), ("high_", "low_"), ("_high", "_low")]
                let named = like.reduce(column) { $0.replacing($1.0, with: $1.1) }
                let isImplied =
                    words.contains(named) || words.contains(column.replacing("high_", with: "low_"))
                    || `The catalog's page`.page.contains(
                        "…_\(column.split(separator: "_").last ?? "")")
                #expect(isImplied, "\(table).\(column)")
            }
        }
    }

    /// Files of the right extents stand in for a built workspace.
    private static let makeFiles = """
        import os, sqlite3, h5py, numpy
        OUT = sys.argv[1]
        db = sqlite3.connect(os.path.join(OUT, "catalog.sqlite"))
        def write(path, datasets):
            path = os.path.join(OUT, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with h5py.File(path, "w") as file:
                for name, shape in datasets:
                    file[name] = numpy.zeros(shape, "uint8")
                    file[name].attrs["element_size_um"] = [8.0, 8.0, 8.0]
        for file, *shape in db.execute("SELECT file, depth, height, width FROM scan"):
            write(file, [("/exchange/data", shape)])
        for file, scale, *shape in db.execute("SELECT file, scale, depth, height, width FROM pair"):
            write(file, [("/low", shape), ("/high", [scale * n for n in shape])])
        for file, *shape in db.execute("SELECT file, depth, height, width FROM mask"):
            write(file, [("/mask", shape), ("/labels", shape)])
        """

    @Test(.enabled(if: Program.hasPython))
    func `has Python that runs`() throws {
        let scratch = try ScratchFolder()
        let catalog = try CatalogDatabase(at: scratch.appending("catalog.sqlite"))
        try catalog.replace(sample("p1", seed: 1))
        try catalog.replace(sample("p2", seed: 2))
        let failed = try #require(SampleID("p3"))
        try catalog.replace(
            SampleRecord(
                id: failed, material: "m", scale: 4,
                stageRuns: [
                    StageRunRecord(
                        stage: "ingest", key: "", toolVersion: "1", outcome: .failed, message: "cut"
                    )
                ]))
        try catalog.close()
        let blocks = `The catalog's page`.page.components(separatedBy: "```python\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
        #expect(blocks.count >= 6)
        let script =
            "import sys\n" + `The catalog's page`.makeFiles + "\n" + blocks.joined(separator: "\n")
        let run = try Program.python(script, [scratch.path.string])
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("p1/z0-y0-x16 (16, 16, 16) (64, 64, 64) 0.0"), "\(run.output)")
    }
}
