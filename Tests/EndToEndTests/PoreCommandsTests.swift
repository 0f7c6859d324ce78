import Foundation
import SystemPackage
import TestSupport
import Testing

/// `tomopair segment` and `measure`, on files.
@Suite struct `Pores of a file` {
    private let scratch: ScratchFolder
    private var scan: String { packageFolder.appending("samples/plug-1/high.tif").string }

    init() throws { scratch = try ScratchFolder() }

    private func file(_ name: String) -> String { scratch.appending(name).string }

    private func answer(_ arguments: [String]) throws -> [String: Any] {
        let run = try Program.tomopair(arguments + ["--json"])
        #expect(run.status == 0, "\(run.errors)")
        return try #require(try json(run) as? [String: Any])
    }

    private func parameters(_ answer: [String: Any]) throws -> [String: Double] {
        let list = try #require(answer["parameters"] as? [[String: Any]])
        return Dictionary(
            list.map { parameter in
                let axis = (parameter["axis"] as? String).map { " " + $0 } ?? ""
                return (
                    (parameter["name"] as? String ?? "") + axis,
                    parameter["value"] as? Double ?? .nan
                )
            }, uniquingKeysWith: { first, _ in first })
    }

    @Test func `are told and measured, to the same porosity`() throws {
        let told = try answer(["segment", scan, file("mask.tif"), "--labels", file("labels.tif")])
        let measured = try answer(["measure", file("mask.tif"), "--voxel-size", "3"])
        let values = try parameters(measured)
        let porosity = try #require(told["porosity"] as? Double)
        #expect(values["porosity_total"] == porosity)
        #expect(values["pore_count"] == told["pores"] as? Double)
        for name in [
            "specific_surface", "euler_number_6", "local_thickness_mean",
            "correlation_length_integral z",
            "breakthrough_diameter x", "grain_count", "permeability_kozeny_carman",
        ] {
            #expect(values[name]?.isFinite == true, "\(name)")
        }
        #expect(values["permeability x"] == nil, "what is solved is asked for")
        let curves = try #require(measured["curves"] as? [[String: Any]])
        #expect(curves.contains { $0["name"] as? String == "two_point_correlation" })
    }

    @Test func `can be solved in a part`() throws {
        _ = try answer(["segment", scan, file("mask.tif")])
        let solved = try answer([
            "measure", file("mask.tif"), "--voxel-size", "3", "--solve-edge", "32", "--only",
            "relative_diffusivity,permeability,formation_factor",
        ])
        let values = try parameters(solved)
        for axis in ["z", "y", "x"] {
            let diffusivity = try #require(values["relative_diffusivity \(axis)"])
            #expect((0..<0.5).contains(diffusivity))
            #expect(try #require(values["permeability \(axis)"]) >= 0)
        }
        #expect(Set(values.keys).allSatisfy { !$0.contains("porosity") })
    }

    @Test(arguments: [
        ["--denoise", "median"], ["--denoise", "none"], ["--denoise", "diffusion"],
    ])
    func `have the same mask where it is made slab by slab`(options: [String]) throws {
        let whole = try answer(["segment", scan, file("whole.npy")] + options)
        let slabs = try answer(["segment", scan, file("slabs.npy"), "--mask-only"] + options)
        #expect(slabs["porosity"] as? Double == whole["porosity"] as? Double)
        #expect(slabs["thresholds"] as? [Double] == whole["thresholds"] as? [Double])
        let separability = try #require(slabs["separability"] as? Double)
        #expect(abs(separability - (whole["separability"] as? Double ?? 0)) < 1e-9)
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: file("slabs.npy")))
                == Data(contentsOf: URL(fileURLWithPath: file("whole.npy"))))
        let refused = try Program.tomopair(
            ["segment", scan, file("x.tif"), "--mask-only", "--edges"])
        #expect(refused.status != 0 && refused.errors.contains("slab by slab"))
    }

    @Test func `depend on what is done to the grey values, and that is told`() throws {
        let plain = try answer(["segment", scan, file("a.tif")])
        let cleaned = try answer([
            "segment", scan, file("b.tif"), "--denoise", "none", "--fill-holes", "30",
            "--remove-islands", "30",
        ])
        let removed = try #require(cleaned["removed"] as? [String: Any])
        #expect((removed["islands"] as? Int ?? 0) > 0)
        #expect(plain["removed"] is NSNull || plain["removed"] == nil)
        let edges = try answer(["segment", scan, file("c.tif"), "--edges", "--correct-drift"])
        #expect((edges["flooded_voxels"] as? Int ?? 0) > 0)
        #expect(edges["correction"] is [String: Any])
        let snow = try answer(["segment", scan, file("s.tif"), "--partition", "snow"])
        #expect(snow["porosity"] as? Double == plain["porosity"] as? Double)
        #expect(snow["pores"] as? Double != plain["pores"] as? Double)
        let measured = try answer([
            "measure", file("s.tif"), "--partition", "snow", "--only", "pore_count",
        ])
        #expect(try parameters(measured)["pore_count"] == snow["pores"] as? Double)
        let phases = try answer([
            "segment", scan, file("d.tif"), "--microporous", "--phases", file("phases.tif"),
        ])
        let shares = try #require(phases["phases"] as? [String: Any])
        let total = try #require(shares["porosity_with_micropores"] as? Double)
        #expect(total > (try #require(shares["pore"] as? Double)))
        #expect(FileManager.default.fileExists(atPath: file("phases.tif")))
    }

    @Test func `are told and measured inside a plug, and mapped by width`() throws {
        let path = try writePlug(in: scratch).string
        let told = try answer([
            "segment", path, file("mask.npy"), "--find-plug", "--denoise", "none",
        ])
        let plug = try #require(told["plug"] as? [String: Any])
        let (y, x, radius) = (
            try #require(plug["centre_y"] as? Double), try #require(plug["centre_x"] as? Double),
            try #require(plug["radius"] as? Double)
        )
        #expect(abs(y - 41) < 1 && abs(x - 37) < 1 && abs(radius - 30) < 1.5)
        let measured = try answer([
            "measure", file("mask.npy"), "--plug", "\(y),\(x),\(radius)", "--thickness",
            file("thickness.npy"), "--only", "porosity_total,local_thickness_mean",
        ])
        let values = try parameters(measured)
        #expect(values["porosity_total"] == told["porosity"] as? Double)
        let map = try answer(["info", file("thickness.npy")])
        #expect(map["element_type"] as? String == "float32")
        let wrong = try Program.tomopair(["measure", file("mask.npy"), "--plug", "3,4"])
        #expect(wrong.status == 64)
    }

    @Test func `are told at edges where phases have one grey value each`() throws {
        let bytes = (0..<8000).map { UInt8($0 % 20 < 8 ? 60 : 150) }
        let path = file("two_20x20x20_uint8.raw")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let told = try answer(["segment", path, file("m.npy"), "--edges", "--denoise", "none"])
        #expect(told["porosity"] as? Double == 0.4)
    }

    @Test func `of grey values beyond whole numbers are told`() throws {
        let bytes = (0..<8000).flatMap { place in
            let bits = Float(place % 20 < 8 ? 1e20 : 9e20).bitPattern
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
        }
        let path = file("huge_20x20x20_float32.raw")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let told = try answer(["segment", path, file("m.npy"), "--denoise", "none"])
        #expect(told["porosity"] as? Double == 0.4)
    }

    @Test func `are not written over the scan or each other`() throws {
        let path = file("scan.tif")
        try FileManager.default.copyItem(atPath: scan, toPath: path)
        for arguments in [
            [path, path], [path, file("m.tif"), "--labels", path],
            [path, file("m.tif"), "--labels", file("m.tif")],
        ] {
            let run = try Program.tomopair(["segment"] + arguments + ["--overwrite"])
            #expect([64, 73].contains(run.status), "\(run.errors)")
            #expect(run.errors.contains("one file") || run.errors.contains("read from it"))
        }
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: path))
                == Data(contentsOf: URL(fileURLWithPath: scan)))
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: scratch.path.string) == ["scan.tif"]
        )
        let negative = try Program.tomopair(["segment", path, file("n.tif"), "--threshold", "-5"])
        #expect(negative.status == 65, "\(negative.errors)")
    }

    @Test(arguments: [
        ["--threshold", "3", "--dense"], ["--phases", "x.tif"], ["--correct-cupping", "3"],
        ["--fill-holes", "-1"], ["--denoise", "much"], ["--mask-only", "--partition", "snow"],
        ["--memory", "1K"],
    ])
    func `are not told by options that make no sense`(options: [String]) throws {
        let run = try Program.tomopair(["segment", scan, file("e.tif")] + options)
        #expect(run.status == 64)
        #expect(!FileManager.default.fileExists(atPath: file("e.tif")))
    }

    @Test func `are not looked for where the outputs cannot be written`() throws {
        try Data([1]).write(to: URL(fileURLWithPath: file("there.tif")))
        for arguments in [
            [file("there.tif")], [file("new.tif"), "--labels", file("there.tif")],
            [file("no/folder.tif")], [file("new.xyz")],
        ] {
            let run = try Program.tomopair(["segment", scan] + arguments)
            #expect([65, 73].contains(run.status), "\(run.errors)")
            #expect(run.errors.count { $0 == "\n" } == 1)
        }
        _ = try answer(["segment", scan, file("mask.tif")])
        let thickness = try Program.tomopair([
            "measure", file("mask.tif"), "--thickness", file("there.tif"),
        ])
        #expect(thickness.status == 73 && thickness.errors.contains("--overwrite"))
        #expect(
            try Set(FileManager.default.contentsOfDirectory(atPath: scratch.path.string))
                == ["there.tif", "mask.tif"])
    }

    @Test func `are not measured where voxels are neither pore nor solid`() throws {
        let bytes = (0..<1000).flatMap { place in
            let bits = (place == 345 ? Float.nan : Float(place % 2)).bitPattern
            return (0..<4).map { UInt8(truncatingIfNeeded: bits >> (8 * UInt32($0))) }
        }
        let path = file("holes_10x10x10_float32.raw")
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        let run = try Program.tomopair(["measure", path, "--pore", "1"])
        #expect(run.status == 65 && run.errors.contains("z 3, y 4, x 5"), "\(run.errors)")
    }

    @Test(arguments: [
        ["--solve-minutes", "3"], ["--refine"], ["--flow", "sealed", "--only", "porosity_total"],
        ["--solve-edge", "8"], ["--overwrite"],
    ])
    func `are not measured by options that would do nothing`(options: [String]) throws {
        let run = try Program.tomopair(["measure", scan] + options)
        #expect(run.status == 64, "\(run.errors)")
        #expect(run.errors.contains(options[0]) && run.errors.contains(/goe?s? with/))
    }

    @Test func `are not measured from what is no mask, without memory, or by unknown names`() throws
    {
        let grey = try Program.tomopair(["measure", scan])
        #expect(grey.status == 64 && grey.errors.contains("--pore"))
        _ = try answer(["segment", scan, file("mask.tif")])
        let small = try Program.tomopair(["measure", file("mask.tif"), "--memory", "1K"])
        #expect(small.status == 64 && small.errors.contains("specific_surface"))
        #expect(small.errors.count { $0 == "\n" } == 1)
        let light = try Program.tomopair([
            "measure", file("mask.tif"), "--memory", "1K", "--only", "specific_surface",
        ])
        #expect(light.status == 0, "\(light.errors)")
        let unknown = try Program.tomopair(["measure", file("mask.tif"), "--only", "porosty"])
        #expect(unknown.status == 64 && unknown.errors.contains("porosity_total"))
    }
}
