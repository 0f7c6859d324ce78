import DigitalRock
import Foundation
import Manifest
import Registration
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import Pipeline

/// A plug that was put back upside down and turned between its scans.
private struct TurnedPlug {
    let sample: SimulatedSample

    static let shared = Result { try TurnedPlug() }

    private init() throws {
        sample = try simulate(
            SimulationSettings(
                lowShape: Shape(edge: 40), highShape: Shape(edge: 96), scale: 4,
                pose: .init(
                    offsetInMicrometres: SIMD3(6, -20, 14),
                    rotationInDegrees: Self.upsideDown, scale: 1.004)),
            seed: 21)
    }

    /// Half a turn about an axis across the plug, not quite along x.
    static let upsideDown = SIMD3(4.0, 100, 149)
}

@Suite struct `A plug that was put back upside down` {
    private let laboratory: Laboratory
    private let sample: SimulatedSample

    init() throws {
        laboratory = try Laboratory()
        sample = try TurnedPlug.shared.get().sample
    }

    private func entry(high: Volume<UInt16>, more: String = "") throws -> String {
        try writeScan(sample.low, to: laboratory.scratch.appending("low.tif"))
        try writeScan(high, to: laboratory.scratch.appending("high.tif"))
        return """
              - id: plug
                material: digital sandstone
                low: {path: low.tif, voxel_size: 12 um}
                high: {path: high.tif, voxel_size: 3 um}
            \(more.isEmpty ? "" : "    \(more)\n")
            """
    }

    private func manifest(_ entry: String) throws -> Manifest {
        try Manifest(
            yaml: """
                dataset: {name: turned, scale: 4, patches: {size: 6, stride: 6}}
                samples:
                \(entry)
                """, path: laboratory.scratch.appending("manifest.yaml"))
    }

    /// The largest error of a matrix at the corners of HIGH, in um.
    private func cornerError(_ row: [String: Any]) throws -> Double {
        let text = try #require(row["matrix"] as? String)
        let found = try JSONDecoder().decode(SpatialTransform.self, from: Data(text.utf8))
        let edge = 3.0 * Double(sample.high.shape.width)
        let corners = (0..<8).map { corner in
            SIMD3<Double>(Double(corner & 1), Double(corner >> 1 & 1), Double(corner >> 2)) * edge
        }
        return corners.map { corner in
            let apart = found(corner) - sample.transform(corner)
            return (apart * apart).sum().squareRoot()
        }.max() ?? .infinity
    }

    @Test func `goes through all stages to patches, with an error bar that holds`() async throws {
        let notes = try await laboratory.run(manifest(entry(high: sample.high)))
        #expect(notes.failed.isEmpty, "\(notes.failed)")
        let row = try #require(laboratory.rows("registration").first)
        #expect(row["accepted"] as? Int == 1)
        #expect(row["mirrored"] as? Int == 0)
        #expect(row["model"] as? String == "similarity")
        #expect(row["drift_corrected"] as? Int == 0)
        let error = try cornerError(row)
        // A HIGH voxel is 3 um; a tenth of a LOW voxel, 1.2 um, is more than the scans' noise allows.
        #expect(error < 1.2)
        // The bar holds 95 of 100 times; that it is off by half as much again is rarer by far.
        #expect(error < 1.5 * (try #require(row["corner_error_um"] as? Double)))
        #expect(try #require(row["blur_um"] as? Double) > 0)
        #expect(try #require(row["peak_ratio"] as? Double) > 1)

        let blocks = try laboratory.rows("registration_block")
        #expect(blocks.count >= 8)
        let shifts = blocks.compactMap { $0["shift_y_um"] as? Double }.map(abs).sorted()
        #expect(shifts[shifts.count / 2] < 1.2)
        #expect(try laboratory.rows("patch").count > 0)
        let pair = try #require(laboratory.rows("v_pairs").first)
        #expect(pair["registration_model"] as? String == "similarity")

        let page = try String(contentsOfFile: laboratory.layout.page.string, encoding: .utf8)
        #expect(page.contains("similarity"))
        #expect(page.contains("Error at the corners"))
        #expect(try checkCatalog(of: laboratory.output).isEmpty)

        let json = try #require(
            try JSONSerialization.jsonObject(
                with: Data(
                    contentsOf: URL(
                        fileURLWithPath: laboratory.folder("plug", .register)
                            .appending("registration.json").string))) as? [String: Any])
        #expect((json["rotationInDegrees"] as? [Double])?.count == 3)
        #expect((json["blocks"] as? [Any])?.count == blocks.count)
        #expect(json["drift"] != nil)
    }

    @Test func `has the pore mask where its pores are`() async throws {
        try await laboratory.run(manifest(entry(high: sample.high)))
        let folder = try laboratory.folder("plug", .patch)
        let file = folder.appending(PatchOutput.maskFileName)
        let mask = try HDF5ScanReader(trusted: file, dataset: "/mask").readAll()
            .volume(as: UInt8.self)
        let pair = try #require(laboratory.rows("pair").first)
        let origin =
            try SIMD3(
                #require(pair["z"] as? Double), #require(pair["y"] as? Double),
                #require(pair["x"] as? Double)) * 12
        let back = sample.transform.inverse
        var (same, count) = (0, 0)
        let truth = sample.truePores
        for z in 0..<mask.shape.depth {
            for y in 0..<mask.shape.height {
                for x in 0..<mask.shape.width {
                    let place =
                        back(origin + (SIMD3(Double(z), Double(y), Double(x)) + 0.5) * 3) / 3
                    let pore = truth[Int(place[0]), Int(place[1]), Int(place[2])]
                    if pore == (mask[z, y, x] == 1) { same += 1 }
                    count += 1
                }
            }
        }
        // Pore walls cross one voxel in ten or so; a mask of another place agrees to two thirds.
        #expect(Double(same) > 0.9 * Double(count))
    }

    @Test(arguments: ["rotation: none", "rotation: upright, tilt: 10 deg"])
    func `is not found where the manifest says that it was not`(settings: String) async throws {
        let notes = try await laboratory.run(
            manifest(entry(high: sample.high, more: "registration: {\(settings)}")))
        #expect(notes.failed.keys.sorted() == ["plug/register"])
        // What is refused has a reason, but no field of blocks.
        #expect(try laboratory.rows("registration_block").isEmpty)
    }

    @Test func `and stored as a mirror image is taken only where that is declared`() async throws {
        let shape = sample.high.shape
        var flipped = Volume<UInt16>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    flipped[z, y, x] = sample.high[shape.depth - 1 - z, y, x]
                }
            }
        }
        let undeclared = try await laboratory.run(manifest(entry(high: flipped)))
        #expect(undeclared.failed["plug/register"]?.contains("mirror image") == true)
        let refused = try #require(laboratory.rows("registration").first)
        #expect(refused["mirrored"] as? Int == 1)

        let declared = try await laboratory.run(
            manifest(entry(high: flipped, more: "registration: {mirrored: yes}")))
        #expect(declared.failed.isEmpty, "\(declared.failed)")
        let row = try #require(laboratory.rows("registration").first)
        #expect(row["mirrored"] as? Int == 1)
        #expect(row["accepted"] as? Int == 1)
        let scale = try #require(row["scale"] as? Double)
        #expect(abs(scale - 1.004) < 0.002)
        let page = try String(contentsOfFile: laboratory.layout.page.string, encoding: .utf8)
        #expect(page.contains("Mirror image"))
    }
}
