import Dataset
import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import Workspace

@testable import Pipeline

@Suite struct `A workspace` {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    @Test func `planned is told what would run and why, and left alone`() async throws {
        let manifest = try laboratory.manifest(laboratory.pair("a", seed: 1))
        #expect(
            try laboratory.plan(manifest) == [
                "a/ingest: not done yet", "a/register: follows ingest",
                "a/segment: follows ingest", "a/measure: follows ingest", "a/patch: follows ingest",
            ])
        #expect(!exists(laboratory.output))
        try await laboratory.run(manifest)
        let stages = ["ingest", "register", "segment", "measure", "patch"]
        #expect(try laboratory.plan(manifest) == stages.map { "a/\($0): kept, unchanged" })

        let before = try FileTree(laboratory.output)
        let other = try laboratory.manifest(
            laboratory.pair("a", seed: 1), settings: "segmentation: {threshold: 16000}")
        #expect(
            try laboratory.plan(other) == [
                "a/ingest: kept, unchanged", "a/register: kept, unchanged",
                "a/segment: its settings changed", "a/measure: follows segment",
                "a/patch: follows segment",
            ])
        let after = try FileTree(laboratory.output)
        #expect(after.differences(from: before).isEmpty)
        #expect(after.stamps == before.stamps)

        try FileManager.default.removeItem(
            atPath: laboratory.folder("a", .register).appending("pair.h5").string)
        #expect(
            try laboratory.plan(manifest)[1]
                == "a/register: an output is missing or has another size")
        _ = try laboratory.pair("a", seed: 2)
        #expect(try laboratory.plan(manifest)[0] == "a/ingest: its inputs changed")
        try FileManager.default.removeItem(
            atPath: laboratory.scratch.appending("a-high.npy").string)
        #expect(try laboratory.plan(manifest)[0].hasPrefix("a/ingest: and would fail: "))
    }

    @Test func `verified shows a flipped bit in any output`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.pair("a", seed: 1)))
        #expect(try verify(laboratory.output).isEmpty)
        let outputs = try FileTree(
            laboratory.output,
            leavingOut: { name in
                !name.hasPrefix("samples/a/") || name.hasSuffix("receipt.json")
                    || name.hasSuffix("sample.json")
            })
        #expect(outputs.contents.count == 10)
        var generator = SplitMix64(seed: 5)
        for (name, content) in outputs.contents.sorted(by: { $0.key < $1.key }) {
            let url = URL(fileURLWithPath: laboratory.output.appending(name).string)
            for _ in 0..<4 {
                var bytes = content
                bytes[Int.random(in: 0..<bytes.count, using: &generator)] ^=
                    1 << UInt8.random(in: 0..<8, using: &generator)
                try bytes.write(to: url)
                #expect(try verify(laboratory.output).map(\.file) == [name])
            }
            try content.write(to: url)
        }
        #expect(try verify(laboratory.output).isEmpty)
    }

    @Test func `verified shows changed and missing scans, and lost receipts`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.pair("a", seed: 1)))
        _ = try laboratory.pair("a", seed: 2)
        let problems = try verify(laboratory.output)
        #expect(
            problems.map { FilePath($0.file).lastComponent?.string } == ["a-high.npy", "a-low.tif"])
        try FileManager.default.removeItem(
            atPath: laboratory.scratch.appending("a-low.tif").string)
        #expect(try verify(laboratory.output).last?.problem == "is missing")
        let receipt = try laboratory.folder("a", .patch).appending("receipt.json")
        try FileManager.default.removeItem(atPath: receipt.string)
        #expect(
            try verify(laboratory.output).contains {
                $0.file == laboratory.layout.relative(receipt)
            })
    }

    @Test func `verified shows what is wrong with training runs`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.single("a", seed: 1)))
        let run = laboratory.layout.runs.appending("first")
        let step = run.appending("checkpoints/step-0000004")
        try AtomicFile.createFolder(step)
        func write(_ text: String, _ path: FilePath) throws -> FileRecord {
            try AtomicFile.write(Array(text.utf8), to: path)
            return FileRecord(
                name: path.lastComponent?.string ?? "", bytes: text.utf8.count,
                sha256: try Digest(ofFile: path))
        }
        func problems() throws -> [String: String] {
            Dictionary(
                try verify(laboratory.output).map { ($0.file, $0.problem) },
                uniquingKeysWith: { "\($0); \($1)" })
        }
        struct Record: Encodable {
            let step = 4
            let files: [FileRecord]
        }
        let network = step.appending("network.safetensors")
        let record = Record(files: [
            try write("weights", network), try write("state", step.appending("state.safetensors")),
        ])
        try CanonicalJSON.write(record, to: step.appending("checkpoint.json"))
        try CanonicalJSON.write(
            write("features", run.appending("features.safetensors")),
            to: run.appending("features.json"))
        let recipe = try write("{}", run.appending("recipe.json"))
        let metrics = try write("{}", run.appending("metrics.jsonl"))
        let receipt = TrainingRunRecord(
            name: try #require(SampleID("first")), recipe: "{}", toolVersion: "1", outcome: .done,
            checkpoint: laboratory.layout.relative(network),
            metrics: [MetricRecord(step: 4, part: .train, name: "loss", value: 0.25)])
        try CanonicalJSON.write(receipt, to: run.appending(TrainingRunRecord.fileName))
        #expect(try problems() == [:])

        // A checkpoint that was begun is none yet.
        try AtomicFile.createFolder(run.appending("checkpoints/step-0000008"))
        _ = try write("half", run.appending("checkpoints/step-0000008/network.safetensors"))
        #expect(try problems() == [:])

        let weights = laboratory.layout.relative(network)
        _ = try write("weightz", network)
        #expect(try problems() == [weights: "its content is not what its receipt says"])
        try FileManager.default.removeItem(atPath: network.string)
        #expect(
            try problems()
                == [weights: "is missing; run.json names it as the best checkpoint; is missing"])
        _ = try write("weights", network)
        for (name, text) in [("recipe.json", recipe), ("metrics.jsonl", metrics)] {
            let path = run.appending(name)
            try FileManager.default.removeItem(atPath: path.string)
            #expect(try problems() == ["runs/first/\(name)": "is missing"])
            #expect(try write("{}", path) == text)
        }
        _ = try write("feature", run.appending("features.safetensors"))
        #expect(
            try problems()
                == ["runs/first/features.safetensors": "has 7 bytes; its receipt says 8"])
        _ = try write("features", run.appending("features.safetensors"))
        _ = try write("{", step.appending("checkpoint.json"))
        #expect(
            try problems().keys.sorted() == ["runs/first/checkpoints/step-0000004/checkpoint.json"])
    }

    @Test func `gives the same catalog from its receipts`() async throws {
        try await laboratory.run(
            laboratory.manifest(laboratory.pair("a", seed: 1), laboratory.single("b", seed: 2)))
        #expect(try checkCatalog(of: laboratory.output).isEmpty)
        let before = try laboratory.dump()
        try Data("not a catalog".utf8).write(
            to: URL(fileURLWithPath: laboratory.layout.catalog.string))
        _ = try rebuildCatalog(of: laboratory.output)
        #expect(try laboratory.dump() == before)
        #expect(try checkCatalog(of: laboratory.output).isEmpty)
    }

    @Test func `takes training runs into the catalog, by the names of their folders`() async throws
    {
        let manifest = try laboratory.manifest(laboratory.pair("a", seed: 1))
        try await laboratory.run(manifest)
        let loss = MetricRecord(step: 4, part: .train, name: "loss", value: 0.25)
        let judged = MetricRecord(
            step: 4, part: .test, sample: SampleID("a"), method: "sr", name: "psnr", value: 31.5)
        let run = TrainingRunRecord(
            name: try #require(SampleID("first")), recipe: "{}", toolVersion: "1",
            outcome: .done, metrics: [loss])
        let folder = laboratory.layout.runs.appending("renamed")
        try AtomicFile.createFolder(folder.appending("evaluation"))
        try CanonicalJSON.write(run, to: folder.appending(TrainingRunRecord.fileName))
        try CanonicalJSON.write(
            [judged], to: folder.appending(TrainingRunRecord.evaluationFileName))
        try AtomicFile.createFolder(laboratory.layout.runs.appending("not-begun"))

        #expect(try !checkCatalog(of: laboratory.output).isEmpty)
        try await laboratory.run(manifest)
        #expect(try checkCatalog(of: laboratory.output).isEmpty)
        #expect(try laboratory.rows("run").compactMap { $0["name"] as? String } == ["renamed"])
        #expect(try laboratory.rows("metric").count == 2)

        try Data("{".utf8).write(
            to: URL(fileURLWithPath: folder.appending(TrainingRunRecord.fileName).string))
        #expect(throws: WorkspaceError.self) { try rebuildCatalog(of: laboratory.output) }
        try FileManager.default.removeItem(atPath: folder.string)
        _ = try rebuildCatalog(of: laboratory.output)
        #expect(try laboratory.rows("run").isEmpty)
    }

    @Test func `redrawn has the same page`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.pair("a", seed: 1)))
        let before = try FileTree(laboratory.layout.report)
        _ = try redrawReport(of: laboratory.output)
        #expect(try FileTree(laboratory.layout.report).differences(from: before).isEmpty)
    }

    @Test func `shares samples out for good`() async throws {
        func parts() throws -> [String: String] {
            let pairs = try laboratory.rows("sample").map {
                ($0["id"] as? String ?? "", $0["split"] as? String ?? "")
            }
            return Dictionary(pairs, uniquingKeysWith: { $1 })
        }
        func sample(_ number: Int) throws -> String {
            try laboratory.single(
                "s\(number)", seed: UInt64(number), edge: 10,
                more: number == 2 ? "split: test" : "")
        }
        try await laboratory.run(laboratory.manifest(sample(1), sample(2), sample(3)))
        let first = try parts()
        #expect(first["s2"] == "test")
        #expect(Set(first.values) == ["train", "validation", "test"])

        let six = try (1...6).map { try sample($0) }.joined(separator: "\n")
        let notes = try await laboratory.run(laboratory.manifest(six))
        #expect(notes.ran.allSatisfy { !["s1", "s2", "s3"].contains($0.prefix(2)) })
        let second = try parts()
        #expect(second.count == 6)
        for (id, part) in first { #expect(second[id] == part) }

        let fewer = try [1, 2, 3, 5].map { try sample($0) }.joined(separator: "\n")
        try await laboratory.run(laboratory.manifest(fewer))
        let third = try parts()
        #expect(third.keys.sorted() == ["s1", "s2", "s3", "s5"])
        for (id, part) in third { #expect(second[id] == part) }
        #expect(try checkCatalog(of: laboratory.output).isEmpty)
    }
}
