import Foundation
import Manifest
import TestSupport
import Testing
import VolumeFiles
import Volumes
import Workspace

@testable import Pipeline

/// `measurement` of manifests.
@Suite struct `The measurements of a sample` {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    /// What the catalog has for a sample.
    private func names(_ sample: String) throws -> Set<String> {
        Set(
            try laboratory.rows("parameter").filter { $0["sample"] as? String == sample }
                .compactMap { $0["name"] as? String })
    }

    @Test func `are those that the manifest names`() async throws {
        let manifest = try laboratory.manifest(
            laboratory.single("a", seed: 1),
            laboratory.single("b", seed: 2, more: "measurement: {only: [pore_count]}"),
            laboratory.single(
                "c", seed: 3, more: "measurement: {only: [formation_factor], solve: {edge: 10}}"),
            settings: "measurement: {only: [porosity, chord_length_pore]}")
        let notes = try await laboratory.run(manifest)
        #expect(notes.failed.isEmpty, "\(notes.failed)")
        let measured = try names("a")
        #expect(
            measured.isSuperset(of: ["porosity_total", "porosity_closed", "chord_length_pore"]))
        #expect(measured.isDisjoint(with: ["chord_length_solid", "specific_surface"]))
        #expect(try names("b") == ["pore_count"])
        #expect(
            try names("c") == ["formation_factor", "solved_porosity", "solved_voxel_count"],
            "what is solved of a part is stored with its size and porosity")
        #expect(
            try laboratory.rows("v_samples").compactMap { $0["porosity_total"] as? Double }
                .count == 1)
    }

    @Test func `of one sample are made again when its choice changes, and nothing else is`()
        async throws
    {
        func manifest(_ choice: String) throws -> Manifest {
            try laboratory.manifest(
                laboratory.single("a", seed: 1),
                laboratory.single("b", seed: 2, more: "measurement: {\(choice)}"))
        }
        try await laboratory.run(manifest("only: [porosity]"))
        #expect(try await laboratory.run(manifest("only: [porosity]")).ran.isEmpty)
        // The same names in other words.
        let words = """
            only: [porosity_total, porosity_connected, porosity_closed, porosity_percolating, \
            pore_component_count, porosity_largest_component]
            """
        #expect(try await laboratory.run(manifest(words)).ran.isEmpty)
        #expect(
            try laboratory.plan(manifest("only: [interface]")).filter { !$0.contains("kept") }
                == ["b/measure: its settings changed"])
        let notes = try await laboratory.run(manifest("only: [interface]"))
        #expect(notes.ran == ["b/measure"])
        #expect(try names("b").contains("specific_surface"))
        #expect(try !names("b").contains("porosity_total"))
    }

    @Test(arguments: ["prominence", "snow", "porespy"])
    func `count the pores that the segmentation parts`(rule: String) async throws {
        try await laboratory.run(
            laboratory.manifest(
                laboratory.single("a", seed: 4, edge: 32),
                settings: "segmentation: {partition: \(rule)}"))
        let counted = try #require(
            try laboratory.rows("parameter").first { $0["name"] as? String == "pore_count" })
        let mask = try #require(laboratory.rows("mask").first)
        let file = laboratory.output.appending(try #require(mask["file"] as? String))
        let labels = try HDF5ScanReader(trusted: file, dataset: "/labels").readAll()
            .volume(as: UInt32.self).array
        #expect(counted["value"] as? Double == Double(Set(labels).subtracting([0]).count))
        #expect((counted["method"] as? String)?.contains(rule) == true)
    }

    @Test func `take no more memory than those asked for`() async throws {
        // Ninety thousand voxels, of which the heavier measurements keep sixteen bytes each.
        let sample = try laboratory.single("a", seed: 1, edge: 45)
        _ = try await laboratory.run(
            laboratory.manifest(sample, settings: "measurement: {only: [porosity]}"))
        let memory = 1_000_000
        let light = try await laboratory.run(
            laboratory.manifest(sample, settings: "measurement: {only: [specific_surface]}"),
            memory: memory)
        #expect(light.failed.isEmpty, "\(light.failed)")
        let heavy = try await laboratory.run(
            laboratory.manifest(sample, settings: "measurement: {only: [network]}"),
            memory: memory)
        #expect(heavy.failed["a/measure"]?.contains("--memory") == true)
    }
}
