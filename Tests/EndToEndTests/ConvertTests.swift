import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct `tomopair convert` {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A scan of 6 x 5 x 4 voxels of 16 bits, from 0 to 119, at 2 um.
    private func scan() throws -> String {
        let path = scratch.appending("scan.nrrd").string
        let header = """
            NRRD0005
            type: uint16
            dimension: 3
            sizes: 4 5 6
            encoding: raw
            endian: little
            spacings: 2 2 2
            units: "um" "um" "um"


            """
        let voxels = (0..<240).map { UInt8($0 % 2 == 0 ? $0 / 2 : 0) }
        try Data(Array(header.utf8) + voxels).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func output(_ name: String) -> String { scratch.appending(name).string }

    private func json(_ path: String) throws -> [String: Any] {
        let run = try Program.tomopair(["info", "--json", path])
        try #require(run.status == 0, "\(run.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
    }

    private func names() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).sorted()
    }

    @Test(arguments: ["tif", "h5", "mhd", "mha", "nrrd", "npy"])
    func `keeps voxels and their size through every format`(suffix: String) throws {
        let path = output("out.\(suffix)")
        let run = try Program.tomopair(["convert", try scan(), path])
        #expect(run.status == 0, "\(run.errors)")
        let there = try json(path)
        #expect(there["shape"] as? [Int] == [6, 5, 4])
        #expect(there["element_type"] as? String == "uint16")
        let size = (there["voxel_size_um"] as? [Double])?.first
        #expect(suffix == "npy" ? size == nil : abs((size ?? 0) - 2) < 1e-9)
        let back = output("back.npy")
        #expect(try Program.tomopair(["convert", path, back]).status == 0)
        #expect(try Program.tomopair(["convert", try scan(), output("direct.npy")]).status == 0)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: back))
                == Data(contentsOf: URL(fileURLWithPath: output("direct.npy"))))
        #expect(try names().allSatisfy { !$0.hasSuffix(".part") })
    }

    @Test func `crops, bins and says what is left out`() throws {
        let path = output("out.npy")
        let run = try Program.tomopair([
            "convert", try scan(), path, "--crop", "1:6,:,0:4", "--bin", "2",
        ])
        #expect(run.status == 0)
        #expect(run.errors.contains("1, 1 and 0 voxels"))
        #expect(run.output == "\(path): 2x2x2 uint16\n")
        #expect(run.errors.contains("a NumPy file keeps no voxel size; it was 4.0 um"))
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        // Voxels 20, 21, 24, 25 of slice 1 and the same plus 20 of slice 2: their mean is 32.5.
        #expect(data[data.count - 16] == 33)
    }

    @Test func `spreads a window over another type`() throws {
        let path = output("out.mhd")
        let run = try Program.tomopair([
            "convert", try scan(), path, "--type", "uint8", "--window", "0:100",
        ])
        #expect(run.status == 0)
        let raw = try Data(contentsOf: URL(fileURLWithPath: output("out.raw")))
        #expect(raw[50] == 128)
        #expect(raw[119] == 255)
    }

    @Test func `refuses to lose values in silence`() throws {
        let path = output("in.npy")
        #expect(
            try Program.tomopair([
                "convert", try scan(), path, "--type", "float32", "--window", "auto",
            ]).status == 0)
        let run = try Program.tomopair(["convert", path, output("out.npy"), "--type", "uint8"])
        #expect(run.status == 65)
        #expect(run.errors.contains("window"))
        #expect(try names() == ["in.npy", "scan.nrrd"])
    }

    @Test func `replaces a file only when told to`() throws {
        let path = output("out.npy")
        let source = try scan()
        #expect(try Program.tomopair(["convert", source, path]).status == 0)
        let again = try Program.tomopair(["convert", source, path, "--bin", "2"])
        #expect(again.status == 73)
        #expect(again.errors.contains("--overwrite"))
        #expect(
            try Program.tomopair(["convert", source, path, "--bin", "2", "--overwrite"]).status
                == 0)
        #expect(try json(path)["shape"] as? [Int] == [3, 2, 2])
        let own = try Program.tomopair([
            "convert", path, path, "--crop", "0:1,:,:", "--overwrite",
        ])
        #expect(own.status == 73 && own.errors.contains("the scan is read from it"))
        #expect(try json(path)["shape"] as? [Int] == [3, 2, 2])
    }

    @Test func `replaces no voxels of its own input under another name`() throws {
        let header = output("in.mhd")
        #expect(try Program.tomopair(["convert", try scan(), header]).status == 0)
        let moved = output("voxels.raw")
        try FileManager.default.moveItem(atPath: output("in.raw"), toPath: moved)
        let text = try String(contentsOfFile: header, encoding: .utf8)
        try text.replacingOccurrences(of: "in.raw", with: "voxels.raw")
            .write(toFile: header, atomically: true, encoding: .utf8)
        let before = try Data(contentsOf: URL(fileURLWithPath: moved))
        let run = try Program.tomopair([
            "convert", header, output("voxels.mhd"), "--crop", "0:1,:,:", "--overwrite",
        ])
        #expect(run.status == 73 && run.errors.contains("voxels.raw"), "\(run.errors)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: moved)) == before)
    }

    @Test(
        arguments: [
            (["--crop", "0:9,:,:"], 64), (["--crop", "3:3,:,:"], 64), (["--crop", "x"], 64),
            (["--bin", "0"], 64), (["--bin", "5"], 65), (["--type", "uint12"], 64),
            (["--window", "5:1"], 64), (["--voxel-size", "-1"], 64),
        ] as [([String], Int32)])
    func `refuses what cannot be done`(options: [String], status: Int32) throws {
        let run = try Program.tomopair(["convert", try scan(), output("out.npy")] + options)
        #expect(run.status == status, "\(run.errors)")
        #expect(try names() == ["scan.nrrd"])
    }

    @Test func `says where it cannot write`() throws {
        #expect(try Program.tomopair(["convert", try scan(), output("a/b.npy")]).status == 73)
        #expect(try Program.tomopair(["convert", try scan(), output("b.xyz")]).status == 65)
        let slices = try Program.tomopair(["convert", try scan(), output("b.png")])
        #expect(slices.status == 65 && slices.errors.contains("/b.png: "))
        #expect(!slices.errors.contains(".part"))
        let full = try Program.tomopair(["convert", output("none.tif"), output("b.npy")])
        #expect(full.status == 66)
    }

    @Test func `stopped half-way leaves nothing behind`() throws {
        // A hole of 1 GiB reads as zeros and takes seconds to convert.
        let path = scratch.appending("hole.npy").string
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (1024, 1024, 1024), }\n"
        let head: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
        try Data(head + Array(header.utf8)).write(to: URL(fileURLWithPath: path))
        let handle = try #require(FileHandle(forUpdatingAtPath: path))
        try handle.truncate(atOffset: UInt64(head.count + header.utf8.count + 1 << 30))
        try handle.close()
        let script = """
            "$0" convert "$1" "$2" --type float32 & \
            while ! ls -d "$3"/.*.part >/dev/null 2>&1; do sleep 0.02; done; \
            kill -TERM $!; wait $!
            """
        let run = try Program.run(
            "/bin/sh",
            [
                "-c", script, Program.buildFolder.appending("tomopair").string, path,
                output("out.npy"), scratch.path.string,
            ])
        #expect(run.status == 143)
        #expect(try names() == ["hole.npy"])
    }
}
