import Dataset
import Foundation
import GRDB
import Randomness
import SystemPackage
import TestSupport
import Testing

@testable import Catalog

@Suite struct `Opening a catalog` {
    let scratch: ScratchFolder
    let path: FilePath

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.appending("catalog.sqlite")
    }

    private func write(_ data: Data) throws {
        try data.write(to: URL(fileURLWithPath: path.string))
    }

    private func execute(_ sql: String) throws {
        let queue = try DatabaseQueue(path: path.string)
        try queue.writeWithoutTransaction { try $0.execute(sql: sql) }
        try queue.close()
    }

    @Test func `that is not there says how to make it`() {
        #expect { try CatalogDatabase(readingAt: path) } throws: { error in
            "\(error)".contains("tomopair catalog rebuild \(scratch.path)")
        }
    }

    @Test func `of somebody else is refused, and the file left alone`() throws {
        try execute("CREATE TABLE theirs (a); INSERT INTO theirs VALUES (1)")
        let before = try Data(contentsOf: URL(fileURLWithPath: path.string))
        for open in [{ try CatalogDatabase(at: path) }, { try CatalogDatabase(readingAt: path) }] {
            #expect {
                _ = try open()
            } throws: { error in
                guard case CatalogError.foreign = error else { return false }
                return "\(error)".contains("move it away")
            }
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path.string)) == before)
    }

    @Test(arguments: [
        Data("hello".utf8), Data(repeating: 0, count: 4096), Data("SQLite format 3\0".utf8),
    ])
    func `that is no database is refused`(data: Data) throws {
        try write(data)
        #expect { try CatalogDatabase(at: path) } throws: { error in
            guard case CatalogError.foreign = error else { return false }
            return true
        }
    }

    @Test func `of a newer version is refused`() throws {
        try CatalogDatabase(at: path).close()
        try execute("PRAGMA user_version = 99")
        #expect(throws: CatalogError.newer(path, schema: 99, known: 3)) {
            try CatalogDatabase(at: path)
        }
    }

    @Test func `of the first form brings it up to date and keeps what it holds`() throws {
        let queue = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(queue, upTo: "1")
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    INSERT INTO sample (id, material, scale) VALUES ('p1', 'rock', 4);
                    INSERT INTO registration VALUES ('p1', 'matched', '[]', 0, 0, 0, 1, 7, 8, 9, 0.9,
                        1, NULL, 1, 0.8, 0.2, 0.5);
                    """)
        }
        try queue.close()
        #expect(throws: CatalogError.older(path, schema: 1, known: 3)) {
            try CatalogDatabase(readingAt: path)
        }
        let catalog = try CatalogDatabase(at: path)
        #expect(try catalog.check().isEmpty)
        let row = try #require(
            try catalog.read { try Row.fetchOne($0, sql: "SELECT * FROM registration") })
        #expect(row["translation_z_um"] == 7.0)
        #expect(row["residual_p95_um"] == 0.5)
        #expect(row["drift_corrected"] == 0)
        for column in ["model", "mirrored", "corner_error_um", "blur_um", "drift_p95_um"] {
            #expect(row[column] == DatabaseValue.null, "\(column)")
        }
        try catalog.replace(sample("p1", seed: 1))
        let fresh = try CatalogDatabase(at: scratch.appending("fresh.sqlite"))
        try fresh.replace(sample("p1", seed: 1))
        #expect(try catalog.dump() == fresh.dump())
    }

    @Test func `of the second form shows how computed values differ from the laboratory's`() throws
    {
        let queue = try DatabaseQueue(path: path.string)
        try Schema.migrator.migrate(queue, upTo: "2")
        try queue.writeWithoutTransaction { db in
            try db.execute(
                sql: """
                    INSERT INTO sample (id, material, scale) VALUES ('p1', 'rock', 4);
                    INSERT INTO parameter VALUES
                        ('p1', 'porosity_total', '', 'laboratory', 0.2, 'fraction', 'helium', NULL, '20 %'),
                        ('p1', 'porosity_total', '', 'computed', 0.15, 'fraction', 'voxels', NULL, '0.15'),
                        ('p1', 'permeability', 'z', 'laboratory', 0, 'mD', 'gas', NULL, '0 D'),
                        ('p1', 'permeability', 'z', 'computed', 3, 'mD', 'stokes', NULL, '3 mD');
                    """)
        }
        try queue.close()
        let catalog = try CatalogDatabase(at: path)
        #expect(try catalog.check().isEmpty)
        let rows = try catalog.read {
            try Row.fetchAll($0, sql: "SELECT * FROM sample_parameter ORDER BY name")
        }
        try #require(rows.count == 2)
        #expect(rows[0]["value"] == 0.0)
        #expect(rows[0]["difference"] == 3.0)
        #expect(rows[0]["relative_difference"] == DatabaseValue.null, "there is no part of nothing")
        let (difference, share): (Double, Double) = (
            rows[1]["difference"], rows[1]["relative_difference"]
        )
        #expect(abs(difference + 0.05) < 1e-12 && abs(share + 0.25) < 1e-12)
        // What is made of the receipts again is what the next build leaves.
        try catalog.replace(sample("p1", seed: 1))
        let fresh = try CatalogDatabase(at: scratch.appending("fresh.sqlite"))
        try fresh.replace(sample("p1", seed: 1))
        #expect(try catalog.dump() == fresh.dump())
    }

    @Test func `whose creation was cut short makes it anew`() throws {
        try write(Data())
        let catalog = try CatalogDatabase(at: path)
        #expect(try catalog.check().isEmpty)
    }

    @Test func `for reading lets nothing be written`() throws {
        do {
            let catalog = try CatalogDatabase(at: path)
            try catalog.replace(sample("p1", seed: 1))
        }
        let catalog = try CatalogDatabase(readingAt: path)
        #expect(try catalog.sampleSummaries().map(\.id) == ["p1"])
        #expect { try catalog.replace(sample("p2", seed: 1)) } throws: { error in
            guard case CatalogError.cannotWrite = error else { return false }
            return true
        }
    }

    @Test func `while it is written reads the last complete state`() throws {
        let writer = try CatalogDatabase(at: path)
        try writer.replace(sample("p1", seed: 1))
        let reader = try CatalogDatabase(readingAt: path)
        try writer.replace(sample("p2", seed: 1))
        #expect(try reader.sampleSummaries().map(\.id) == ["p1", "p2"])
    }

    @Test func `uses a log on local disks only, and leaves one file`() throws {
        let local = try CatalogDatabase(at: path, on: .local)
        try local.replace(sample("p1", seed: 1))
        #expect(try local.journalMode == "wal")
        try local.close()
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path.string) == [
                "catalog.sqlite"
            ])
        let shared = try CatalogDatabase(at: path, on: .network)
        try shared.replace(sample("p2", seed: 1))
        #expect(try shared.journalMode == "delete")
    }

    @Test(arguments: [
        ("/data/a/b", "nfs4"), ("/data", "nfs4"), ("/database", "ext4"), ("/", "ext4"),
        ("/with blank/x", "lustre"), ("/tmp/x", "tmpfs"),
    ])
    func `knows what the folder lies on`(folder: String, type: String) {
        let mounts = """
            22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
            30 22 0:40 / /data rw shared:2 - xfs /dev/sdb rw
            31 22 0:41 / /data rw shared:3 master:1 - nfs4 host:/data rw
            32 22 0:42 / /with\\040blank rw - lustre a@tcp:/x rw
            33 22 0:43 / /tmp rw - tmpfs tmpfs rw
            broken line
            """
        #expect(FileSystemKind.typeName(of: folder, mounts: mounts) == type)
    }

    @Test(arguments: [
        ("ext4", FileSystemKind.local), ("xfs", .local), ("overlay", .local), ("nfs", .network),
        ("nfs4", .network), ("lustre", .network), ("gpfs", .network), ("beegfs", .network),
        ("cifs", .network), ("fuse.sshfs", .network), ("9p", .network), ("unheard-of", .network),
    ])
    func `counts what is not known to be local as shared`(type: String, kind: FileSystemKind) {
        #expect(FileSystemKind(typeName: type) == kind)
    }

    @Test(arguments: UInt64(0)..<30)
    func `that was damaged gives an answer or an error, never a crash`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        do {
            let catalog = try CatalogDatabase(at: path)
            try catalog.replace(sample("p1", seed: 1))
        }
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path.string))
        for _ in 0..<Int.random(in: 1...20, using: &generator) {
            let place = Int.random(in: 0..<bytes.count, using: &generator)
            bytes[place] = UInt8.random(in: 0...255, using: &generator)
        }
        if seed % 3 == 0 {
            bytes = bytes.prefix(Int.random(in: 0..<bytes.count, using: &generator))
        }
        try write(bytes)
        do throws(CatalogError) {
            let catalog = try CatalogDatabase(readingAt: path)
            _ = try catalog.check()
            _ = try catalog.sampleSummaries()
            _ = try catalog.dump()
        } catch {
            #expect(!"\(error)".isEmpty)
        }
    }

    @Test func `that lost rows or views is found out`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        try catalog.queue.writeWithoutTransaction { db in
            try db.execute(
                sql:
                    "PRAGMA foreign_keys = OFF; DELETE FROM pair; DROP VIEW v_pairs; CREATE TABLE extra (a)"
            )
        }
        let problems = try catalog.check()
        #expect(problems.contains("view v_pairs is missing"))
        #expect(problems.contains("table extra is not ours"))
        #expect(problems.contains { $0.contains("missing row of 'pair'") })
    }

    @Test func `as a copy gives the same in one file`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        let target = scratch.appending("copy.sqlite")
        try catalog.copy(to: target)
        let copy = try CatalogDatabase(readingAt: target)
        #expect(try copy.dump() == catalog.dump())
        #expect(try copy.check().isEmpty)
        #expect(throws: CatalogError.self) { try catalog.copy(to: target) }
    }
}

@Suite struct `Writers of one catalog` {
    @Test func `wait for each other and lose nothing`() async throws {
        let scratch = try ScratchFolder()
        let path = scratch.appending("catalog.sqlite")
        try CatalogDatabase(at: path).close()
        let writers = 4
        let transactions = 300
        // A detached thread each, since each blocks; their connections share nothing but the file.
        await withTaskGroup(of: String?.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    await withCheckedContinuation { continuation in
                        Thread.detachNewThread {
                            continuation.resume(
                                returning: write(path, writer: writer, count: transactions))
                        }
                    }
                }
            }
            for await problem in group { #expect(problem == nil) }
        }
        let catalog = try CatalogDatabase(readingAt: path)
        #expect(try catalog.check().isEmpty)
        #expect(try catalog.sampleSummaries().count == writers * transactions)
    }
}

/// Opens, writes and closes a catalog again and again; the first error as text.
private func write(_ path: FilePath, writer: Int, count: Int) -> String? {
    do {
        var catalog = try CatalogDatabase(at: path)
        for index in 0..<count {
            if index % 100 == 99 {
                try catalog.close()
                catalog = try CatalogDatabase(at: path)
            }
            guard let id = SampleID("p\(writer)-\(index)") else { return "id" }
            try catalog.replace(SampleRecord(id: id, material: "m", scale: 4))
        }
        try catalog.close()
        return nil
    } catch {
        return "\(error)"
    }
}
