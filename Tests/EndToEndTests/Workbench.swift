import Foundation
import SystemPackage
import TestSupport
import Testing

/// The folder of the package.
let packageFolder = FilePath(#filePath).removingLastComponent().removingLastComponent()
    .removingLastComponent()

/// A scratch folder with manifests and workspaces.
struct Workbench {
    let scratch: ScratchFolder
    var output: FilePath { scratch.appending("out") }

    init() throws { scratch = try ScratchFolder() }

    /// Writes a manifest over shipped samples and `more`; the answer is its path.
    func manifest(plugs: [Int], more: String = "", name: String = "manifest.yaml") throws -> String
    {
        let samples = plugs.map { plug in
            """
              - id: plug-\(plug)
                material: simulated sandstone
                low: {path: plug-\(plug)/low.tif, voxel_size: 12 um}
                high: {path: plug-\(plug)/high.tif, voxel_size: 3 um}

            """
        }
        for plug in plugs {
            let link = scratch.appending("plug-\(plug)").string
            if !FileManager.default.fileExists(atPath: link) {
                try FileManager.default.copyItem(
                    atPath: packageFolder.appending("samples/plug-\(plug)").string, toPath: link)
            }
        }
        let path = scratch.appending(name)
        let text =
            "dataset: {name: plugs, scale: 4, patches: {size: 8}}\nsamples:\n"
            + samples.joined() + more
        try Data(text.utf8).write(to: URL(fileURLWithPath: path.string))
        return path.string
    }

    /// Runs a build in the workspace.
    func build(_ manifest: String, _ options: String..., to output: FilePath? = nil) throws
        -> ProgramRun
    {
        try Program.tomopair(
            ["build", manifest, "--output", (output ?? self.output).string] + options)
    }
}

/// Writes a plug of rock with square pores, in air: its axis at y 41, x 37, its radius 30 voxels.
func writePlug(in scratch: ScratchFolder) throws -> FilePath {
    let path = scratch.appending("plug_76x80x40_uint8.raw")
    var bytes: [UInt8] = []
    for _ in 0..<40 {
        for y in 0..<80 {
            for x in 0..<76 {
                let (dy, dx) = (Double(y) + 0.5 - 41, Double(x) + 0.5 - 37)
                let isInside = dy * dy + dx * dx < 900
                bytes.append(!isInside || y % 9 < 3 && x % 7 < 3 ? 20 : 200)
            }
        }
    }
    try Data(bytes).write(to: URL(fileURLWithPath: path.string))
    return path
}

/// What a program printed as JSON.
func json(_ run: ProgramRun) throws -> Any {
    try JSONSerialization.jsonObject(with: Data(run.output.utf8), options: .fragmentsAllowed)
}

/// A workspace's tables and views.
let tables = [
    "degradation", "mask", "meta", "pair", "parameter", "parameter_gap", "patch", "region",
    "registration", "sample",
    "scan",
    "stage_run", "v_pairs", "v_parameters", "v_patches", "v_samples", "sample_parameter",
]

/// All that the catalog of a workspace says, but for when stages ran, and the bytes of its HDF5 files.
struct WorkspaceContent: Equatable {
    let catalog: String
    let volumes: [String: Data]

    init(_ output: FilePath) throws {
        let run = try Program.tomopair(["export", output.string, "--format", "json"] + tables)
        try #require(run.status == 0, "\(run.errors)")
        catalog = try withoutTimes(run.output)
        volumes = try FileTree(output, leavingOut: { !$0.hasSuffix(".h5") }).contents
    }
}

/// The first row of a table that answers `choose`.
func row(
    of table: String, in output: FilePath, where choose: ([String: Any]) -> Bool = { _ in true }
) throws -> [String: Any] {
    let run = try Program.tomopair(["export", output.string, "--format", "json", table])
    let rows = try #require(try json(run) as? [[String: Any]], "\(run.errors)")
    let found = rows.first(where: choose)
    return try #require(found)
}
