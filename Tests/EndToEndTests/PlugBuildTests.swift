import Foundation
import SystemPackage
import TestSupport
import Testing

/// `region: {cylinder: find}`, from a manifest to the catalog.
@Suite struct `A plug in a manifest` {
    private let bench: Workbench

    init() throws { bench = try Workbench() }

    private func write(_ samples: String, dataset: String = "") throws -> String {
        let path = bench.scratch.appending("manifest.yaml").string
        let text = "dataset: {name: plugs, segmentation: {denoise: none}\(dataset)}\nsamples:\n"
        try Data((text + samples).utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func `is found and measured as the commands find and measure it`() throws {
        let scan = try writePlug(in: bench.scratch)
        let manifest = try write(
            """
              - id: plug
                material: rock
                low: none
                high: {path: \(scan.lastComponent?.string ?? ""), voxel_size: 3 um}
                laboratory: [{name: porosity_total, value: 15, unit: percent, method: helium}]

            """, dataset: ", region: {cylinder: find}, measurement: {only: [porosity, interface]}")
        let run = try bench.build(manifest)
        #expect(run.status == 0, "\(run.errors)")

        let mask = bench.scratch.appending("mask.npy").string
        let told = try #require(
            try json(
                Program.tomopair([
                    "segment", scan.string, mask, "--find-plug", "--denoise", "none", "--json",
                ])) as? [String: Any])
        let plug = try #require(told["plug"] as? [String: Double])
        let region = try row(of: "region", in: bench.output)
        #expect(region["origin"] as? String == "found")
        for (column, key) in [
            ("centre_y", "centre_y"), ("centre_x", "centre_x"), ("radius", "radius"),
            ("visible_rim", "visible_rim"),
        ] {
            #expect(region[column] as? Double == plug[key], "\(column)")
        }
        let place = ["centre_y", "centre_x", "radius"].compactMap { plug[$0] }.map { "\($0)" }
        let measured = try #require(
            try json(
                Program.tomopair([
                    "measure", mask, "--plug", place.joined(separator: ","), "--voxel-size", "3",
                    "--only", "porosity,interface", "--json",
                ])) as? [String: Any])
        let parameters = try #require(measured["parameters"] as? [[String: Any]])
        #expect(parameters.count > 15)
        for parameter in parameters {
            let name = try #require(parameter["name"] as? String)
            let axis = parameter["axis"] as? String ?? ""
            let stored = try row(of: "parameter", in: bench.output) {
                $0["name"] as? String == name && $0["axis"] as? String == axis
                    && $0["source"] as? String == "computed"
            }
            #expect(stored["value"] as? Double == parameter["value"] as? Double, "\(name)")
        }
        let used = try row(of: "sample_parameter", in: bench.output) {
            $0["name"] as? String == "porosity_total"
        }
        let porosity = try #require(told["porosity"] as? Double)
        #expect(used["value"] as? Double == 0.15)
        #expect(used["computed_value"] as? Double == porosity)
        #expect(abs(try #require(used["difference"] as? Double) - (porosity - 0.15)) < 1e-12)
        let page = try String(
            contentsOfFile: bench.output.appending("report/index.html").string, encoding: .utf8)
        #expect(page.contains("of its rim in the scan"))
        #expect(try bench.build(manifest).errors.contains("plug: ingest unchanged"))
    }

    @Test func `is refused in one line where there is none`() throws {
        let bytes = (0..<27000).map { UInt8(($0 % 7 < 3) == ($0 / 30 % 5 < 2) ? 40 : 160) }
        try Data(bytes).write(
            to: URL(fileURLWithPath: bench.scratch.appending("box_30x30x30_uint8.raw").string))
        let manifest = try write(
            """
              - id: box
                material: rock
                low: none
                high: {path: box_30x30x30_uint8.raw, voxel_size: 3 um}
                region: {cylinder: find}

            """)
        let run = try bench.build(manifest)
        #expect(run.status == 1)
        let lines = run.errors.split(separator: "\n").filter { $0.contains("no plug stands") }
        #expect(lines.count == 1, "\(run.errors)")
        let stage = try row(of: "stage_run", in: bench.output) {
            $0["stage"] as? String == "ingest"
        }
        #expect((stage["message"] as? String)?.contains("no plug stands along z") == true)
    }
}
