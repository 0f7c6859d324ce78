import Dataset
import Foundation
import GRDB
import Randomness
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import Catalog

@Suite struct `Catalog` {
    let scratch: ScratchFolder
    let path: FilePath

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.appending("catalog.sqlite")
    }

    private func bytes() throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path.string)) }

    @Test func `is made from nothing, marked as ours and sound`() throws {
        let catalog = try CatalogDatabase(at: path)
        #expect(try catalog.check().isEmpty)
        try catalog.close()
        let header = try bytes().prefix(100)
        #expect(header[68..<72].elementsEqual(Data("TOMO".utf8)))
        #expect(header[60..<64].elementsEqual([0, 0, 0, 3]))
    }

    @Test func `holds the same whatever order it was written in`() throws {
        var dumps: Set<String> = []
        for seed in UInt64(0)..<6 {
            var generator = SplitMix64(seed: seed)
            let catalog = try CatalogDatabase(at: scratch.appending("\(seed).sqlite"))
            var records = try (0..<5).map {
                try sample("p\($0)", seed: 40 + UInt64($0), hostile: true)
            }
            for index in records.indices {
                records[index].patches.shuffle(using: &generator)
                records[index].parameters.shuffle(using: &generator)
            }
            for record in records.shuffled(using: &generator) {
                if Bool.random(using: &generator) {
                    try catalog.replace(sample(record.id.name, seed: seed, patches: 2))
                }
                try catalog.replace(record)
            }
            if seed % 2 == 0 {
                try catalog.replace(sample("surplus", seed: seed))
                let kept = Set(records.map(\.id))
                #expect(try catalog.removeSamples(notIn: kept) == ["surplus"])
            }
            try catalog.replaceMeta(["name": "rock", "tool_version": "1"])
            dumps.insert(try catalog.dump())
        }
        #expect(dumps.count == 1)
        #expect(dumps.first?.contains("p4/z0-y16-x48") == true)
    }

    @Test func `keeps what a registration left over, block by block`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        try catalog.replace(sample("p2", seed: 2))
        let shift = try #require(sample("p1", seed: 1).registration?.transform.translation)
        let rows = try catalog.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM registration_block WHERE sample = 'p1' ORDER BY x_um")
        }
        #expect(rows.map { $0["x_um"] } == [0.0, 16, 32, 48])
        #expect(rows.map { $0["shift_y_um"] } == Array(repeating: shift[1] / 100, count: 4))
        #expect(rows.map { $0["cells"] } == Array(repeating: 512.5, count: 4))
        let pair = try #require(
            try catalog.read { try Row.fetchOne($0, sql: "SELECT * FROM v_pairs") })
        #expect(pair["registration_model"] == "similarity")
        #expect(pair["corner_error_um"] == 0.4)
        #expect(pair["drift_p95_um"] == 1.2)
        #expect(pair["drift_corrected"] == 1)
        // With the sample go its blocks.
        _ = try catalog.removeSamples(notIn: [])
        let left = try catalog.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM registration_block")
        }
        #expect(left == 0)
    }

    @Test func `keeps which part of a scan is the sample, and what it has not`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        func one(_ table: String) throws -> Row {
            try #require(
                try catalog.read {
                    try Row.fetchOne($0, sql: "SELECT * FROM \(table) ORDER BY 1, 2")
                })
        }
        let plug = try one("region")
        #expect(plug["kind"] == "cylinder")
        #expect(plug["origin"] == "found")
        let reals = ["centre_y": 50, "centre_x": 60.5, "radius": 44, "visible_rim": 1.0]
        for (column, value) in reals { #expect(plug[column] == value, "\(column)") }
        for (column, value) in ["y": 6, "height": 88, "depth": 120] {
            #expect(plug[column] == value, "\(column)")
        }
        #expect(try one("parameter_gap")["name"] == "mercury_saturation")

        var record = try sample("p1", seed: 1)
        let box = Region(z: 1, y: 2, x: 3, shape: Shape(edge: 4))
        record.region = RegionRecord(.box(box), in: Shape(edge: 9))
        record.parameterGaps = []
        try catalog.replace(record)
        let part = try one("region")
        #expect(part["kind"] == "box")
        #expect(part["origin"] == "given")
        for (column, value) in ["z": 1, "y": 2, "x": 3, "width": 4] {
            #expect(part[column] == value, "\(column)")
        }
        #expect(part["radius"] == DatabaseValue.null)
        let gaps = try catalog.read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM parameter_gap")
        }
        #expect(gaps == 0)
        #expect(RegionRecord(.all, in: Shape(edge: 9)) == nil)
        #expect(RegionRecord(.box(box), in: Shape(edge: 5)) == nil)
    }

    @Test func `tells a mirror image by its flag, not by a negative scale`() throws {
        let catalog = try CatalogDatabase(at: path)
        let flip = SpatialTransform(
            linear: [SIMD3(-1.01, 0, 0), SIMD3(0, 1.01, 0), SIMD3(0, 0, 1.01)],
            translation: SIMD3(9, 0, 0))
        let id = try #require(SampleID("p1"))
        try catalog.replace(
            SampleRecord(
                id: id, material: "m", scale: 4,
                registration: RegistrationRecord(
                    method: "matched", transform: flip, confidence: 1, accepted: true,
                    isMirrored: true)))
        let row = try #require(
            try catalog.read { try Row.fetchOne($0, sql: "SELECT * FROM registration") })
        #expect(row["mirrored"] == 1)
        let scale: Double = row["scale"]
        #expect(abs(scale - 1.01) < 1e-12)
    }

    @Test func `refuses a corrected drift that was not proven`() throws {
        let catalog = try CatalogDatabase(at: path)
        let id = try #require(SampleID("p1"))
        #expect(throws: CatalogError.self) {
            try catalog.replace(
                SampleRecord(
                    id: id, material: "m", scale: 4,
                    registration: RegistrationRecord(
                        method: "matched", transform: .identity, confidence: 1, accepted: true,
                        isDriftCorrected: true)))
        }
    }

    @Test func `is not touched when nothing changed`() throws {
        let record = try sample("p1", seed: 1, hostile: true)
        let run = try trainingRun("r1")
        let facts = ["name": "rock", "odd": "a\0b"]
        do {
            let catalog = try CatalogDatabase(at: path)
            #expect(try catalog.replace(record))
            #expect(try catalog.replace(run))
            #expect(try catalog.replaceMeta(facts))
            try catalog.close()
        }
        let before = try bytes()
        let catalog = try CatalogDatabase(at: path)
        #expect(try !catalog.replace(record))
        #expect(try !catalog.replace(run))
        #expect(try !catalog.replaceMeta(facts))
        #expect(try catalog.removeSamples(notIn: [record.id]).isEmpty)
        try catalog.close()
        #expect(try bytes() == before)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).count == 1)
    }

    @Test func `forgets what a sample no longer has`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        let id = try #require(SampleID("p1"))
        try catalog.replace(SampleRecord(id: id, material: "m", scale: 2))
        let other = try CatalogDatabase(at: scratch.appending("other.sqlite"))
        try other.replace(SampleRecord(id: id, material: "m", scale: 2))
        #expect(try catalog.dump() == other.dump())
    }

    @Test func `keeps hostile texts as they are`() throws {
        let catalog = try CatalogDatabase(at: path)
        for seed in UInt64(0)..<30 {
            let record = try sample("p1", seed: seed, patches: 1, hostile: true)
            try catalog.replace(record)
            let stored = try catalog.read { db in
                try String.fetchOne(db, sql: "SELECT material FROM sample")
            }
            #expect(stored == record.material.replacing("\0", with: "\u{FFFD}"))
        }
        #expect(try catalog.check().isEmpty)
    }

    @Test func `takes a failed sample without a pair`() throws {
        let catalog = try CatalogDatabase(at: path)
        let id = try #require(SampleID("p1"))
        try catalog.replace(
            SampleRecord(
                id: id, material: "m", scale: 4,
                stageRuns: [
                    StageRunRecord(
                        stage: "ingest", key: "", toolVersion: "1", outcome: .failed,
                        message: "low.tif: cut")
                ]))
        let summary = try #require(try catalog.sampleSummaries().first)
        #expect(summary.hasFailed)
        #expect(summary.stages.first?.message == "low.tif: cut")
        #expect(summary.patches == 0)
    }

    @Test func `refuses what cannot be`() throws {
        let catalog = try CatalogDatabase(at: path)
        let good = try sample("p1", seed: 1)
        try catalog.replace(good)
        let before = try catalog.dump()
        func refuses(_ change: (inout SampleRecord) throws -> Void) throws {
            var record = good
            try change(&record)
            #expect { try catalog.replace(record) } throws: { error in
                guard case CatalogError.refused(_, let what, _) = error else { return false }
                return what.contains("p1")
            }
            #expect(try catalog.dump() == before)
        }
        let box = Region(z: 0, y: 0, x: 0, shape: Shape(edge: 16))
        try refuses { $0.patches.append(PatchRecord(region: box, porosity: 1.5)) }
        try refuses { $0.patches = [PatchRecord(region: box, porosity: .nan)] }
        try refuses {
            $0.patches = [
                PatchRecord(region: box, porosity: nil), PatchRecord(region: box, porosity: 0),
            ]
        }
        try refuses {
            $0.patches = [
                PatchRecord(region: Region(z: -1, y: 0, x: 0, shape: box.shape), porosity: 0)
            ]
        }
        // Patches belong to a pair.
        try refuses { $0.pair = nil }
        try refuses { $0.parameters.append($0.parameters[0]) }
        try refuses { $0.scans.append($0.scans[0]) }
        try refuses {
            $0.registration = RegistrationRecord(
                method: "matched", transform: .identity, confidence: 1.1, accepted: true)
        }
        try refuses {
            $0.registration = RegistrationRecord(
                method: "matched", transform: .identity, confidence: .nan, accepted: true)
        }
        try refuses {
            $0.registration = RegistrationRecord(
                method: "matched", transform: .identity, confidence: 0.1, accepted: false)
        }
        try refuses {
            $0.stageRuns.append(
                StageRunRecord(stage: "x", key: "", toolVersion: "1", outcome: .failed))
        }
    }

    @Test(arguments: [
        "INSERT INTO patch VALUES ('nobody', 0, 0, 0, 1, 1, 1, 'nobody/z0-y0-x0', 0.5, '')",
        "INSERT INTO scan SELECT 'nobody', role, origin, path, dataset, format, sha256, file, depth, height, width, element_type, voxel_z_um, voxel_y_um, voxel_x_um, voxel_source, window_low, window_high, flags, metadata FROM scan",
        "UPDATE sample SET split = 'holdout'", "UPDATE sample SET scale = 'four'",
        "UPDATE scan SET voxel_z_um = 0", "UPDATE scan SET sha256 = 'XYZ'",
        "UPDATE scan SET metadata = 'no json'", "UPDATE scan SET file = '/etc/passwd'",
        "UPDATE patch SET id = 'p1/other'", "UPDATE parameter SET value = 9e999",
        "UPDATE parameter SET axis = 'w'", "UPDATE region SET radius = NULL",
        "UPDATE region SET kind = 'box'", "UPDATE region SET origin = 'given'",
        "UPDATE parameter_gap SET axis = 'w'", "UPDATE degradation SET z = 99",
        "INSERT INTO metric VALUES ('norun', 0, 'test', '', '', 'psnr', 1)",
    ])
    func `has rules that SQL cannot get round`(sql: String) throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        #expect {
            try catalog.queue.write { db in try db.execute(sql: sql) }
        } throws: {
            ($0 as? DatabaseError)?.resultCode == .SQLITE_CONSTRAINT
        }
    }

    @Test func `lets the laboratory win, and keeps both`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        let rows = try catalog.read { db in
            try Row.fetchAll(
                db, sql: "SELECT * FROM sample_parameter WHERE name = 'porosity_total'")
        }
        try #require(rows.count == 1)
        #expect(rows[0]["value"] as Double == 0.226)
        #expect(rows[0]["source"] as String == "laboratory")
        #expect(rows[0]["computed_value"] as Double == 0.267)
        let (difference, share): (Double, Double) = (
            rows[0]["difference"], rows[0]["relative_difference"]
        )
        #expect(abs(difference - 0.041) < 1e-12 && abs(share - 0.041 / 0.226) < 1e-12)
        let alone = try catalog.read {
            try Row.fetchOne($0, sql: "SELECT * FROM sample_parameter WHERE name = 'permeability'")
        }
        #expect(alone?["difference"] == DatabaseValue.null)
        let (all, winners, porosity) = try catalog.read { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM v_parameters"),
                try String.fetchAll(
                    db, sql: "SELECT name || source FROM v_parameters WHERE wins ORDER BY 1"),
                try Double.fetchOne(db, sql: "SELECT porosity_total FROM v_samples")
            )
        }
        #expect(all == 3)
        #expect(winners == ["permeabilitycomputed", "porosity_totallaboratory"])
        #expect(porosity == 0.226)
    }

    @Test func `joins a patch with its split and files`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        let row = try #require(
            try catalog.read { db in
                try Row.fetchOne(
                    db, sql: "SELECT * FROM v_patches WHERE patch = 'p1/z0-y16-x48'")
            })
        #expect(row["split"] as String == "train")
        #expect((row["file"] as String).hasSuffix("pair.h5"))
        #expect((row["mask_file"] as String).hasSuffix("mask.h5"))
        #expect(row["high_x"] as Int == 192)
        #expect(row["high_depth"] as Int == 64)
        #expect(row["good"] as Bool)
        #expect(
            try catalog.read { try Int.fetchOne($0, sql: "SELECT sum(good) FROM v_patches") } == 7)
    }

    @Test func `keeps runs and their metrics apart from samples`() throws {
        let catalog = try CatalogDatabase(at: path)
        try catalog.replace(sample("p1", seed: 1))
        try catalog.replace(trainingRun("r1"))
        try catalog.replace(trainingRun("r2", psnr: .infinity))
        try catalog.removeSamples(notIn: [])
        #expect(
            try catalog.read {
                try Double?.fetchAll($0, sql: "SELECT value FROM metric ORDER BY run, step")
            }
                == [0.5, 31, 0.5, nil])
        #expect(try catalog.removeRuns(notIn: []) == ["r1", "r2"])
        #expect(try catalog.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM metric") } == 0)
    }
}
