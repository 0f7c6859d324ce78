import Foundation
import Manifest
import SystemPackage
import TestSupport
import Testing

@Suite struct `Manifest path` {
    /// A folder `in` with a manifest, beside a folder `out` and links into it.
    private func layout() throws -> ScratchFolder {
        let scratch = try ScratchFolder()
        let files = FileManager.default
        for folder in ["in/scans", "out"] {
            try files.createDirectory(
                atPath: scratch.appending(folder).string, withIntermediateDirectories: true)
        }
        func link(_ name: String, _ target: String) throws {
            try files.createSymbolicLink(
                atPath: scratch.appending(name).string, withDestinationPath: target)
        }
        try link("in/out-link", "../out")
        try link("in/absolute-link", scratch.appending("out").string)
        try link("in/dangling", "../out/nothing.tif")
        try link("in/circle", "circle2")
        try link("in/circle2", "circle")
        try link("in/inner", "scans")
        return scratch
    }

    @Test(arguments: [
        "../out/a.tif", "../../../../../etc/passwd", "/etc/passwd", "out-link/a.tif",
        "absolute-link/a.tif", "dangling", "scans/../../out/a.tif", "out-link/../../x.tif", "..",
        ".", "scans/..", "circle/a.tif", "../in-and-more/a.tif",
    ])
    func `that leads out is refused with its line`(path: String) throws {
        let scratch = try layout()
        #expect {
            try Manifest(
                yaml: oneSample("high: {path: \(path)}"), path: scratch.appending("in/m.yaml"))
        } throws: { error in
            guard case ManifestError.invalid(_, let problems) = error else { return false }
            return problems.count == 1 && problems[0].line == 5 && problems[0].column == 18
        }
    }

    @Test(arguments: [
        ("scans/a.tif", "scans/a.tif"), ("inner/a.tif", "scans/a.tif"),
        ("scans/../b.tif", "b.tif"), ("inner/../b.tif", "b.tif"), ("../in/b.tif", "b.tif"),
        ("out-link/../in/b.tif", "b.tif"), ("\"scans/*.tif\"", "scans/*.tif"),
    ])
    func `that stays in is followed to the file itself`(written: String, expected: String) throws {
        let scratch = try layout()
        let manifest = try Manifest(
            yaml: oneSample("high: {path: \(written)}"), path: scratch.appending("in/m.yaml"))
        #expect(manifest.samples[0].high.path == scratch.appending("in").pushing(.init(expected)))
        #expect(manifest.samples[0].high.root == scratch.appending("in"))
    }

    @Test func `may lead to a root given beside the manifest`() throws {
        let scratch = try layout()
        for path in ["../out/a.tif", "out-link/a.tif", scratch.appending("out/a.tif").string] {
            let manifest = try Manifest(
                yaml: oneSample("high: {path: \(path)}"), path: scratch.appending("in/m.yaml"),
                root: scratch.appending("out"))
            #expect(manifest.samples[0].high.path == scratch.appending("out/a.tif"))
            #expect(manifest.samples[0].high.root == scratch.appending("out"))
        }
    }
}
