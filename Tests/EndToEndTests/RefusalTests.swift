import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct `tomopair build refuses` {
    private let bench: Workbench

    init() throws { bench = try Workbench() }

    /// Expects this exit status and one line on standard error; the answer is the line.
    private func refusal(_ arguments: [String], status: Int32) throws -> String {
        let run = try Program.tomopair(arguments)
        #expect(run.status == status, "\(run.errors)")
        #expect(run.errors.count { $0 == "\n" } == 1, "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: bench.output.appending("samples").string))
        return run.errors
    }

    private func refusal(yaml: String, status: Int32 = 65) throws -> String {
        let path = bench.scratch.appending("bad.yaml").string
        try Data(yaml.utf8).write(to: URL(fileURLWithPath: path))
        return try refusal(["build", path, "--output", bench.output.string], status: status)
    }

    @Test func `a missing manifest`() throws {
        let path = bench.scratch.appending("missing.yaml").string
        let line = try refusal(["build", path, "--output", bench.output.string], status: 66)
        #expect(line == "tomopair: \(path): no such manifest; check the path\n")
    }

    @Test func `an unknown key, and names the line and the nearest key`() throws {
        let line = try refusal(
            yaml: "dataset: {name: a}\nsamples:\n  - id: b\n    matrial: c\n    material: c\n"
                + "    high: {path: d.tif}\n")
        #expect(line.contains("bad.yaml:4:"))
        #expect(line.contains("did you mean 'material'?"))
    }

    @Test(arguments: [
        ("{path: d.tif, voxel_size: 2}", "unit"), ("{path: d.tif, voxel_size: 2 kg}", "um"),
        ("{path: ../../d.tif}", "d.tif"), ("{path: /etc/passwd}", "passwd"),
    ])
    func `a wrong unit and a path that leads out`(scan: String, word: String) throws {
        let line = try refusal(
            yaml: "dataset: {name: a}\nsamples:\n  - id: b\n    material: c\n    high: \(scan)\n")
        #expect(line.contains("bad.yaml:5:"))
        #expect(line.contains(word))
    }

    @Test(arguments: ["", "samples: [", "- a\n- b\n", "dataset: {name: a}\nsamples: []\n"])
    func `what is no manifest`(yaml: String) throws {
        #expect(try refusal(yaml: yaml).contains("bad.yaml:"))
    }

    @Test func `an output that cannot be a folder`() throws {
        let manifest = try bench.manifest(plugs: [1])
        let file = bench.scratch.appending("file").string
        try Data("a".utf8).write(to: URL(fileURLWithPath: file))
        let line = try refusal(["build", manifest, "--output", file + "/out"], status: 73)
        #expect(line.contains("cannot be written"))
    }

    @Test(arguments: [
        ["--jobs", "0"], ["--until", "sharpen"], ["--sample", "plug-9"], ["--memory", "much"],
        ["--outptu", "x"],
    ])
    func `wrong options`(options: [String]) throws {
        let manifest = try bench.manifest(plugs: [1])
        let run = try Program.tomopair(
            ["build", manifest, "--output", bench.output.string] + options)
        #expect(run.status == 64)
        #expect(!run.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: bench.output.string))
    }

    @Test(arguments: ["status", "verify", "report", "catalog rebuild", "catalog check"])
    func `and so do its companions, what is no workspace`(command: String) throws {
        let words = command.split(separator: " ").map(String.init)
        _ = try refusal(words + [bench.scratch.appending("nothing").string], status: 66)
        #expect(
            !FileManager.default.fileExists(atPath: bench.scratch.appending("nothing").string))
    }

    @Test(.enabled(if: SharedData.isPresent))
    func `broken scans one by one, and builds the others`() throws {
        let broken = [
            "tiff-malformed/imagers_divide_by_zero_000004.tif",
            "tiff-malformed/imagers_divide_by_zero_000005.tif",
            "hdf5-malformed/cve_cve-2016-4332-stab.h5", "hdf5-malformed/cve_cve-2016-4332-mtime.h5",
            "hdf5-malformed/cve_cve-2021-46242.h5",
        ]
        var more = ""
        for (number, name) in broken.enumerated() {
            let file = FilePath(name).lastComponent?.string ?? ""
            try FileManager.default.copyItem(
                atPath: SharedData.folder.appending(name).string,
                toPath: bench.scratch.appending(file).string)
            more +=
                "  - {id: bad-\(number), material: m, low: none, high: {path: \(file), voxel_size: 2 um}}\n"
        }
        let run = try bench.build(try bench.manifest(plugs: [1], more: more))
        #expect(run.status == 1)
        for (number, name) in broken.enumerated() {
            let failure =
                try row(of: "v_samples", in: bench.output) {
                    $0["sample"] as? String == "bad-\(number)"
                }["failure"] as? String
            #expect(failure?.hasPrefix("ingest: ") == true)
            #expect(failure?.contains(FilePath(name).lastComponent?.string ?? "-") == true)
            #expect(run.errors.contains("bad-\(number): ingest FAILED: "))
        }
        let good = try row(of: "v_samples", in: bench.output) {
            $0["sample"] as? String == "plug-1"
        }
        #expect(good["failure"] is NSNull)
        #expect(good["good_patches"] as? Int ?? 0 > 0)
    }
}
