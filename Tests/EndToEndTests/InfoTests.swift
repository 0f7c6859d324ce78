import Foundation
import SystemPackage
import TestSupport
import Testing

@Suite struct `tomopair info` {
    private let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    /// A NumPy file of 2 x 3 x 4 voxels from 0 to 23, written by hand.
    private func array(_ name: String) throws -> String {
        let path = scratch.appending(name)
        let header = "{'descr': '|u1', 'fortran_order': False, 'shape': (2, 3, 4), }\n"
        let head: [UInt8] =
            [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
        try Data(head + Array(header.utf8) + (0..<24)).write(
            to: URL(fileURLWithPath: path.string))
        return path.string
    }

    @Test func `says what is in a scan`() throws {
        let path = try array("scan.npy")
        try Data("Image Pixel Size (um)=2.25\n".utf8).write(
            to: URL(fileURLWithPath: scratch.appending("scan.log").string))
        let run = try Program.tomopair(["info", path])
        #expect(run.status == 0)
        #expect(run.errors.isEmpty)
        #expect(run.output.contains("2 x 3 x 4 (z, y, x), uint8"))
        #expect(run.output.contains("2.25 um, from scan.log: Image Pixel Size (um)=2.25"))
        #expect(run.output.contains("0 to 23, mean 11.5, deviation 6.92219"))
        #expect(run.output.contains("50 %: 11"))
    }

    @Test func `says the same to programs`() throws {
        let run = try Program.tomopair(["info", "--json", try array("scan.npy")])
        #expect(run.status == 0)
        let object = try #require(
            try JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any])
        #expect(object["shape"] as? [Int] == [2, 3, 4])
        #expect(object["element_type"] as? String == "uint8")
        #expect(object["format"] as? String == "npy")
        let values = try #require(object["values"] as? [String: Any])
        #expect(values["minimum"] as? Double == 0)
        #expect(values["maximum"] as? Double == 23)
        #expect((values["percentiles"] as? [String: Double])?["50"] == 11)
        let histogram = try #require(values["histogram"] as? [String: Any])
        #expect((histogram["counts"] as? [Int])?.reduce(0, +) == 24)
    }

    @Test func `goes on after a scan that cannot be read`() throws {
        let missing = scratch.appending("missing.tif").string
        let run = try Program.tomopair(["info", missing, try array("scan.npy")])
        #expect(run.status == 66)
        #expect(run.errors == "tomopair: \(missing): no such file or folder; check the path\n")
        #expect(run.output.contains("2 x 3 x 4"))
        let json = try Program.tomopair(["info", "--json", missing, try array("scan.npy")])
        let objects = try #require(
            try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]])
        #expect(objects.count == 2)
        #expect((objects[0]["error"] as? String)?.contains("missing.tif") == true)
    }

    @Test func `tells bad data from a missing file and a wrong command`() throws {
        let path = scratch.appending("scan.tif")
        try Data("not a TIFF".utf8).write(to: URL(fileURLWithPath: path.string))
        #expect(try Program.tomopair(["info", path.string]).status == 65)
        #expect(try Program.tomopair(["info"]).status == 64)
        #expect(try Program.tomopair(["info", "--jsn", path.string]).status == 64)
    }

    @Test(.enabled(if: SharedData.isPresent))
    func `reads a folder of slices`() throws {
        let folder = SharedData.folder.appending("soil-core-sand-gray/slices")
        let run = try Program.tomopair(["info", folder.string])
        #expect(run.status == 0)
        #expect(run.output.contains("100 x 500 x 500 (z, y, x), uint8"))
    }
}
