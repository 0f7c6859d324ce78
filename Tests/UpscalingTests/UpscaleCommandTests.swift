import Foundation
import Networks
import SystemPackage
import TestSupport
import Testing
import Torch
import VolumeFiles
import Volumes
import WeightFiles
import Workspace

@testable import Upscaling

/// A folder with a scan and a network in it, and the program that is run there.
private struct Desk {
    let fixture: Fixture
    var folder: FilePath { fixture.folder.path }
    static let description = SmallNetworks.edsr(2)

    init(
        _ shape: Shape = Shape(depth: 5, height: 20, width: 24), metadata: [String: String] = [:],
        description: NetworkDescription = Self.description
    ) throws {
        fixture = try Fixture(shape)
        let network = try SmallNetworks.build(description)
        var weights = StateDictionary(
            metadata: metadata.merging(["network": CanonicalJSON.text(description)]) { $1 })
        for entry in network.state {
            weights[entry.name] = WeightTensor(try entry.tensor.floats(), shape: entry.tensor.shape)
        }
        try Safetensors.write(weights, to: folder.appending("network.safetensors"))
    }

    /// One thread, as threads of libtorch that wait keep others from working.
    func arguments(_ more: [String], output: String = "sr.tif") -> [String] {
        [
            "upscale", fixture.scan.string, folder.appending(output).string, "--checkpoint",
            folder.appending("network.safetensors").string, "--threads", "1", "--device", "cpu",
        ] + more
    }

    func run(_ more: String..., output: String = "sr.tif") throws -> ProgramRun {
        try Program.trainer(arguments(more, output: output))
    }

    var names: [String] {
        get throws { try fixture.names.filter { $0 != "network.safetensors" } }
    }
}

@Suite struct `The command upscale` {
    @Test func `does what the library does, and says what it did`() throws {
        let desk = try Desk()
        let run = try desk.run("--window", "8000:38000", "--output-window", "5000:45000", "--json")
        try #require(run.status == 0, "\(run.errors)")
        let whole = desk.folder.appending("whole.tif")
        _ = try VolumeUpscaler(
            ImageUpscaler(try SmallNetworks.build(Desk.description), Desk.description),
            desk.fixture.options
        ).upscale(desk.fixture.reader(), to: whole)
        #expect(try desk.fixture.bytes("sr.tif") == desk.fixture.bytes("whole.tif"))
        let answer = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(answer["shape"] as? [Int] == [10, 40, 48])
        #expect(answer["element_type"] as? String == "uint16")
        #expect(answer["voxel_size_um"] as? [Double] == [4, 4, 4])
        #expect(answer["scale"] as? Int == 2)
        #expect(answer["scan_window"] as? [Double] == [8000, 38000])
        #expect(answer["output_window"] as? [Double] == [5000, 45000])
        #expect(answer["chosen_by"] as? String == "name")
    }

    @Test func `takes the scan's own grey values unless told, and writes a survey`() throws {
        let desk = try Desk()
        let run = try desk.run("--ensemble", "--regions", desk.folder.appending("map.h5").string)
        try #require(run.status == 0, "\(run.errors)")
        let window = try ScanGreys(of: desk.fixture.reader()).window
        let text = "\(Int(window.lowerBound)) to \(Int(window.upperBound))"
        #expect(run.output.contains("are \(text) in the scan, \(text) in the output"))
        #expect(run.output.contains("10x40x48 uint16 at 4.0 um"))
        #expect(run.output.contains("1. z 0..<5"))
        #expect(try desk.names == ["map.h5", "map.json", "map.xmf", "sr.tif"])
    }

    @Test(
        arguments: [
            (["--device", "moon"], 64, "--device takes"),
            (["--type", "uint8"], 64, "--output-window"),
            (["--memory", "9K"], 64, "9K"), (["--dataset", "/data"], 65, "HDF5"),
            (["--checkpoint", "/nowhere"], 66, "no such file"),
            (["--window", "9:3"], 64, "LOW:HIGH"),
            (["--best", "luck"], 64, "best"),
            (["--window", "1e6:2e6", "--tile", "0"], 64, "--tile"),
        ] as [([String], Int32, String)])
    func `says in a line what is wrong`(
        options: [String], status: Int32, words: String
    ) throws {
        let desk = try Desk()
        let run = try Program.trainer(desk.arguments(options))
        #expect(run.status == status)
        #expect(run.errors.contains(words), "\(run.errors)")
        #expect(run.output.isEmpty)
        #expect(try desk.names.isEmpty)
    }

    @Test(arguments: [["low_slices": "3"], ["low_slices": "x"], ["high_slices": "some"]])
    func `refuses a network of other slices than its file says`(
        metadata: [String: String]
    ) throws {
        let desk = try Desk(metadata: metadata)
        let run = try desk.run()
        #expect(run.status == 65 && run.errors.contains("slices does not fit"), "\(run.errors)")
        #expect(try desk.names.isEmpty)
    }

    @Test func `takes networks that see several slices, or make all`() throws {
        var edsr = EDSRDescription.medium(scale: 2, channels: 3)
        (edsr.features, edsr.blocks, edsr.outputs) = (4, 1, 2)
        let desk = try Desk(
            metadata: ["low_slices": "3", "high_slices": "all"], description: .edsr(edsr))
        let run = try desk.run()
        #expect(run.status == 0, "\(run.errors)")
        let shape = try openScan(ScanLocation(desk.folder.appending("sr.tif"))).description.shape
        #expect(shape == Shape(depth: 10, height: 40, width: 48))
    }

    @Test func `refuses a scan, a network and an output that are none`() throws {
        let desk = try Desk()
        let network = desk.folder.appending("network.safetensors").string
        func run(_ scan: String, _ output: String, _ network: String) throws -> ProgramRun {
            try Program.trainer(
                ["upscale", scan, output, "--checkpoint", network, "--device", "cpu"],
                in: desk.folder)
        }
        let scan = desk.fixture.scan.string
        for (answer, status) in [
            (try run("nothing.tif", "sr.tif", network), Int32(66)),
            (try run(network, "sr.tif", network), 65), (try run(scan, "sr.tif", scan), 65),
            (try run(scan, "sr.docx", network), 65), (try run(scan, "no/sr.tif", network), 73),
            (try run(scan, "network.safetensors", network), 65),
            (try run(scan, "sr.tif", desk.folder.string), 65),
        ] {
            #expect(answer.status == status, "\(answer.errors)")
            #expect(answer.errors.hasPrefix("tomopair-train: "))
            #expect(answer.errors.split(separator: "\n").count == 1)
        }
        #expect(try desk.names.isEmpty)
        #expect(try desk.run().status == 0)
        let again = try desk.run()
        #expect(again.status == 73)
        #expect(again.errors.contains("--overwrite"))
        #expect(try desk.run("--overwrite").status == 0)
    }

    @Test func `does not take the place of the scan it reads`() throws {
        let desk = try Desk()
        let (scan, link) = (desk.fixture.scan, desk.folder.appending("link.tif"))
        try FileManager.default.createSymbolicLink(
            atPath: link.string, withDestinationPath: scan.string)
        let before = try Data(contentsOf: URL(fileURLWithPath: scan.string))
        for (output, map) in [
            (scan.string, nil), (link.string, nil), (desk.folder.appending("sr.tif").string, scan),
        ] {
            let run = try Program.trainer(
                [
                    "upscale", scan.string, output, "--overwrite", "--device", "cpu",
                    "--checkpoint", desk.folder.appending("network.safetensors").string,
                ] + (map.map { ["--regions", $0.string] } ?? []))
            #expect(run.status == 73 && run.errors.contains("the scan is read from it"))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: scan.string)) == before)
    }

    @Test(arguments: [SIGKILL, SIGTERM])
    func `goes on after a signal and gives the same bytes`(signal: Int32) throws {
        let desk = try Desk(Shape(depth: 40, height: 40, width: 50))
        let options = [
            "--ensemble", "--tile", "20", "--regions", desk.folder.appending("map.tif").string,
        ]
        let part = desk.folder.appending(".sr.tif.upscaling.part")
        let program = try RunningProgram("tomopair-train", desk.arguments(options))
        let state = part.appending("state.json")
        #expect(program.waits { FileManager.default.fileExists(atPath: state.string) })
        program.send(signal)
        #expect(program.status() == 128 + signal)
        if signal == SIGTERM { #expect(program.errors.contains("what is finished stays")) }
        #expect(try desk.names == [".sr.tif.upscaling.part"])
        let run = try Program.trainer(desk.arguments(options))
        try #require(run.status == 0, "\(run.errors)")
        #expect(run.errors.contains("slices were finished before"))
        #expect(try desk.names == ["map.json", "map.tif", "sr.tif"])

        let whole = try Desk(Shape(depth: 40, height: 40, width: 50))
        let other = [
            "--ensemble", "--tile", "20", "--regions", whole.folder.appending("map.tif").string,
        ]
        try #require(try Program.trainer(whole.arguments(other)).status == 0)
        for name in ["map.json", "map.tif", "sr.tif"] {
            #expect(try desk.fixture.bytes(name) == whole.fixture.bytes(name), "\(name)")
        }
    }
}
