import Foundation
import Manifest
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import Pipeline

@Suite struct `A sample` {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// Builds `bad` beside a good sample; the good one is built, and the answer is why the bad one is not.
    private func failure(_ bad: String, stage: String = "ingest", memory: Int = 4_000_000_000)
        async throws -> String
    {
        let manifest = try laboratory.manifest(laboratory.single("good", seed: 1), bad)
        let notes = try await laboratory.run(manifest, memory: memory)
        #expect(notes.failed.keys.sorted() == ["bad/\(stage)"])
        #expect(notes.ran.contains("good/measure"))
        let message = try #require(notes.failed["bad/\(stage)"])
        // The catalog says which and why.
        let rows = try laboratory.rows("v_samples")
        #expect(
            rows.first { $0["sample"] as? String == "bad" }?["failure"] as? String
                == "\(stage): \(message)")
        #expect(rows.first { $0["sample"] as? String == "good" }?["failure"] is NSNull)
        let summary = try BuildSummary(of: laboratory.output)
        #expect(summary.failed.map(\.sample.name) == ["bad"])
        // The next build tries again and says the same.
        #expect(try await laboratory.run(manifest, memory: memory).failed == notes.failed)
        return message
    }

    @Test func `with NaN or infinite voxels is refused`() async throws {
        var voxels = phantomScan(edge: 12, seed: 2).map { Float($0) }
        voxels.withMutableVoxels { span in
            span[7] = .nan
            span[8] = .nan
            span[100] = -.infinity
        }
        try writeScan(voxels, to: laboratory.scratch.appending("bad.npy"))
        let message = try await failure(laboratory.entry("bad", path: "bad.npy"))
        #expect(message.hasPrefix("bad.npy: 2 voxels are NaN and 1 infinite"))
    }

    @Test func `with one grey value is refused`() async throws {
        try writeScan(
            Volume<UInt8>(shape: Shape(edge: 9), repeating: 7),
            to: laboratory.scratch.appending("bad.mhd"))
        let message = try await failure(laboratory.entry("bad", path: "bad.mhd"))
        #expect(message.hasPrefix("bad.mhd: every voxel is 7"))
    }

    @Test func `whose scan is cut short is refused`() async throws {
        _ = try laboratory.single("bad", seed: 4)
        try cut(laboratory.scratch.appending("bad.npy"), to: 500)
        #expect(try await failure(laboratory.entry("bad", path: "bad.npy")).contains("bad.npy"))
    }

    @Test func `whose scan is missing is refused, and built once it is there`() async throws {
        let message = try await failure(laboratory.entry("bad", path: "bad.npy"))
        #expect(message.contains("bad.npy: no such file or folder"))
        let notes = try await laboratory.run(
            laboratory.manifest(
                laboratory.single("good", seed: 1), laboratory.single("bad", seed: 2)))
        #expect(notes.failed.isEmpty)
        #expect(notes.ran == ["bad/ingest", "bad/segment", "bad/measure"])
    }

    @Test func `with the voxels of another is refused, whatever the format`() async throws {
        try writeScan(phantomScan(edge: 16, seed: 1), to: laboratory.scratch.appending("bad.mhd"))
        let message = try await failure(laboratory.entry("bad", path: "bad.mhd"))
        #expect(message.hasPrefix("the same voxels as the high scan of sample 'good'"))
        #expect(try laboratory.rows("scan").map { $0["sample"] as? String } == ["good"])
    }

    @Test func `may have the voxels of another where boxes and parts keep them apart`() async throws
    {
        for name in ["a", "b", "c"] {
            try writeScan(
                phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("\(name).npy"))
        }
        func entry(_ id: String, _ rest: String) -> String {
            "  - {id: \(id), material: phantom, high: {path: \(id).npy, voxel_size: 2 um}, \(rest)}"
        }
        let notes = try await laboratory.run(
            laboratory.manifest(
                entry("a", "split: train, region: {x: [0, 18]}"),
                entry("b", "split: test, region: {x: [18, 36]}"), entry("c", "split: test")))
        #expect(notes.failed.keys.sorted() == ["c/ingest"])
        #expect(try laboratory.rows("pair").map { $0["width"] as? Int } == [6, 6])
    }

    @Test func `without a voxel size is refused with advice`() async throws {
        _ = try laboratory.single("bad", seed: 2)
        let entry = "  - {id: bad, material: phantom, low: none, high: {path: bad.npy}}"
        let message = try await failure(entry)
        #expect(message.contains("add 'voxel_size: 2 um' to the scan in the manifest"))
    }

    @Test func `that needs more memory than it may take says how much`() async throws {
        let message = try await failure(
            laboratory.pair("bad", seed: 2), stage: "register", memory: 110_000_000)
        #expect(message.contains("register needs about 111 MB of memory and may take 110 MB"))
        #expect(message.contains("raise --memory"))
    }

    @Test func `whose scans show different rock has no pair, but a mask`() async throws {
        let entry = try laboratory.pair("bad", seed: 2)
        try writeScan(
            PhantomPair(seed: 99).low, to: laboratory.scratch.appending("bad-low.tif"))
        let message = try await failure(entry, stage: "register")
        #expect(message.hasPrefix("HIGH was not found in LOW"))
        #expect(try laboratory.rows("pair").isEmpty)
        #expect(try laboratory.rows("mask").count == 2)
        let row = try #require(laboratory.rows("registration").first)
        #expect(row["accepted"] as? Int == 0)
    }

    @Test func `whose voxel sizes contradict the scale is refused`() async throws {
        let entry = try laboratory.pair("bad", seed: 2).replacing("6 um", with: "12 um")
        let message = try await failure(entry, stage: "register")
        #expect(message.contains("set the sample's scale to 6"))
    }

    @Test func `whose pair is smaller than a patch has none`() async throws {
        let manifest = try Manifest(
            yaml: """
                dataset: {name: phantoms, scale: 3, patches: {size: 20}}
                samples:
                \(laboratory.pair("a", seed: 1))
                """, path: laboratory.scratch.appending("manifest.yaml"))
        let notes = try await laboratory.run(manifest)
        #expect(notes.failed["a/patch"]?.contains("no patch of 20x20x20 fits") == true)
        #expect(try laboratory.rows("pair").count == 1)
    }

    @Test func `scanned finely only gets a LOW scan, marked as simulated`() async throws {
        try writeScan(
            phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("a.npy"))
        let manifest = try laboratory.manifest(
            "  - {id: a, material: phantom, high: {path: a.npy, voxel_size: 2 um}}")
        let notes = try await laboratory.run(manifest)
        #expect(notes.failed.isEmpty, "\(notes.failed)")
        let scans = try laboratory.rows("scan")
        #expect(scans.map { $0["role"] as? String } == ["high", "low"])
        #expect(scans.map { $0["origin"] as? String } == ["scanned", "simulated"])
        #expect(scans.map { $0["voxel_z_um"] as? Double } == [2, 6])
        #expect(scans.map { $0["width"] as? Int } == [36, 12])
        let row = try #require(laboratory.rows("v_pairs").first)
        #expect(row["low_origin"] as? String == "simulated")
        // LOW was made on HIGH's corner.
        let registration = try #require(laboratory.rows("registration").first)
        #expect(registration["translation_z_um"] as? Double == 0)
    }

    @Test func `of unknown voxel size is built without lengths`() async throws {
        try writeScan(
            phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("a.npy"))
        let manifest = try laboratory.manifest(
            "  - {id: a, material: phantom, high: {path: a.npy, voxel_size: unknown}}")
        #expect(try await laboratory.run(manifest).failed.isEmpty)
        #expect(try laboratory.rows("scan").allSatisfy { $0["voxel_z_um"] is NSNull })
        #expect(try laboratory.rows("patch").count == 8)
    }

    @Test func `with two scans of unknown voxel size cannot be registered`() async throws {
        let entry = try laboratory.pair("bad", seed: 2).replacing("6 um", with: "unknown")
        let message = try await failure(entry, stage: "register")
        #expect(message.contains("two scans cannot be registered without"))
    }

    @Test func `with 'low: none' gives a mask and parameters only`() async throws {
        try await laboratory.run(laboratory.manifest(laboratory.single("a", seed: 1)))
        #expect(try laboratory.rows("scan").map { $0["role"] as? String } == ["high"])
        #expect(try laboratory.rows("mask").count == 1)
        #expect(try !laboratory.rows("parameter").isEmpty)
        #expect(try laboratory.rows("pair").isEmpty)
        #expect(try laboratory.rows("patch").isEmpty)
    }

    @Test func `has the laboratory's value before the computed one`() async throws {
        let more =
            "laboratory: [{name: porosity_total, value: 22.6, unit: percent, method: helium}]"
        try await laboratory.run(laboratory.manifest(laboratory.single("a", seed: 1, more: more)))
        let row = try #require(
            laboratory.rows("sample_parameter").first {
                $0["name"] as? String == "porosity_total"
            })
        #expect(row["value"] as? Double == 0.226)
        #expect(row["source"] as? String == "laboratory")
        let computed = try #require(row["computed_value"] as? Double)
        #expect(abs(computed - 0.25) < 0.05)
    }
}
