import Foundation
import TestSupport
import Testing

@testable import Pipeline

/// What the page and the catalog say of how a sample was made.
@Suite struct `The page of a sample` {
    private let laboratory: Laboratory

    init() throws { laboratory = try Laboratory() }

    private func page() throws -> String {
        try String(contentsOfFile: laboratory.layout.page.string, encoding: .utf8)
    }

    private func method() throws -> String {
        try #require(
            try laboratory.rows("mask").first { $0["grid"] as? String == "scan" }?["method"]
                as? String)
    }

    @Test(arguments: [
        (
            "segmentation: {threshold: otsu}",
            [
                "median of every voxel and its neighbours", "Otsu's threshold",
                "from maxima that stand out by 1 voxel",
            ],
            ["taken out", "edges", "drift", "cupping"]
        ),
        (
            "segmentation: {denoise: none, threshold: 15000, boundary: gradient, partition: snow}",
            ["not denoised", "given threshold", "watershed of the gradient", "SNOW's peaks"],
            ["median", "Otsu"]
        ),
        (
            "segmentation: {denoise: {nonlocal: {search: 2}}, clean: {islands: 9, holes: 4}}",
            [
                "non-local means (patch 1, search 2, strength 0.8 of the noise)",
                "holes below 4 voxels filled", "islands below 9 voxels taken out",
            ], ["median", "gradient"]
        ),
        (
            "segmentation: {denoise: diffusion, threshold: {solid: 15000, dense: 23900}, "
                + "partition: porespy}",
            [
                "anisotropic diffusion (5 steps", "given thresholds of pore, solid, dense",
                "as PoreSpy 2.4",
            ], ["median"]
        ),
    ])
    func `says what was done to part its pores`(
        settings: String, steps: [String], others: [String]
    ) async throws {
        try await laboratory.run(
            laboratory.manifest(laboratory.single("a", seed: 5, edge: 24), settings: settings))
        let (page, method) = (try page().replacing("&#39;", with: "'"), try method())
        for step in steps {
            #expect(method.contains(step), "\(method)")
        }
        #expect(page.contains(method))
        for other in others { #expect(!method.contains(other), "\(method)") }
        // In the order in which they were made.
        let places = steps.compactMap { method.range(of: $0)?.lowerBound }
        #expect(places == places.sorted())
    }

    @Test func `names what there is not, and why`() async throws {
        try writeScan(phantomScan(edge: 20, seed: 6), to: laboratory.scratch.appending("a.npy"))
        let manifest = try laboratory.manifest(
            """
              - id: a
                material: phantom
                low: none
                high: {path: a.npy, voxel_size: [4 um, 2 um, 2 um]}
            """,
            settings:
                "measurement: {only: [pore_count, permeability_katz_thompson, porosity], solve: true}"
        )
        try await laboratory.run(manifest)
        let gaps = try laboratory.rows("parameter_gap").filter {
            $0["name"] as? String == "permeability_katz_thompson"
        }
        #expect(gaps.compactMap { $0["axis"] as? String } == ["x", "y", "z"])
        #expect(
            gaps.allSatisfy { ($0["reason"] as? String ?? "").contains("balls want cubic voxels") })
        let page = try page()
        #expect(page.contains("Not measured"))
        #expect(page.contains("permeability_katz_thompson (z, y, x)"))
        #expect(page.contains("pore_count") && page.contains("distances want cubic voxels"))
    }

    @Test func `names what was not solved in its time`() async throws {
        // Flow through a quarter of a million voxels along three axes takes longer by far.
        try await laboratory.run(
            laboratory.manifest(
                laboratory.single(
                    "a", seed: 7, edge: 72,
                    more: "measurement: {only: [permeability], solve: {minutes: 0.01}}"),
                settings: "segmentation: {pores: bright, denoise: none}"))
        let gaps = try laboratory.rows("parameter_gap")
        let last = try #require(gaps.first { $0["axis"] as? String == "x" })
        #expect(last["name"] as? String == "permeability")
        #expect((last["reason"] as? String)?.localizedCaseInsensitiveContains("budget") == true)
        let page = try page()
        let table = try #require(page.components(separatedBy: "Not measured").last)
        #expect(table.contains("permeability (") && table.contains("udget ended"))
        let run = try #require(
            try laboratory.rows("stage_run").first { $0["stage"] as? String == "measure" })
        #expect(run["outcome"] as? String == "done")
    }

    @Test func `says how far what was computed lies from the laboratory's value`() async throws {
        let value =
            "laboratory: [{name: porosity_total, value: 20, unit: percent, method: helium}]"
        try await laboratory.run(laboratory.manifest(laboratory.single("a", seed: 1, more: value)))
        let row = try #require(
            try laboratory.rows("sample_parameter").first {
                $0["name"] as? String == "porosity_total"
            })
        let computed = try #require(row["computed_value"] as? Double)
        #expect(row["value"] as? Double == 0.2 && row["laboratory_value"] as? Double == 0.2)
        #expect(abs(try #require(row["difference"] as? Double) - (computed - 0.2)) < 1e-12)
        let share = (computed - 0.2) / 0.2
        #expect(abs(try #require(row["relative_difference"] as? Double) - share) < 1e-12)
        let percent = String(format: "%.2f %%)", abs(share) * 100)
        #expect(try page().contains("(\(share < 0 ? "−" : "+")\(percent)"))
    }
}
