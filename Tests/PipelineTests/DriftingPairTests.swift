import Foundation
import Manifest
import Randomness
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import Pipeline

/// A two-phase field with a coarse scan of all of it, and a fine scan during which it drifted to and
/// fro along y.
private struct DriftingPair {
    static let scale = 3
    static let edge = 108
    static let highEdge = 84
    static let corner = SIMD3(12.0, 11, 13)
    /// How far it drifted, in fine voxels of 2 um.
    static let amplitude = 0.9

    /// The truth on fine voxels.
    let field: Volume<UInt16>
    let low: Volume<UInt16>
    let high: Volume<UInt16>

    static let shared = DriftingPair()

    private init() {
        let edge = Self.edge
        let smooth = smoothNoise(edge: edge, seed: 5)
        let level = smooth.sorted()[smooth.count / 4]
        field = Volume(shape: Shape(edge: edge), voxels: smooth.map { $0 < level ? 9000 : 24000 })
        low = RawSlab(field).binned(by: Self.scale).volume(as: UInt16.self)
        var generator = SplitMix64(seed: 6)
        var high = Volume<UInt16>(shape: Shape(edge: Self.highEdge), repeating: 0)
        for z in 0..<Self.highEdge {
            // One wave over the scan leaves little for a shift or a turn to explain.
            let phase = 2 * Double.pi * (Double(z) + 0.5) / Double(Self.highEdge)
            let drift = Self.amplitude * cos(phase)
            for y in 0..<Self.highEdge {
                let row = Self.corner[1] + Double(y) + drift
                let (first, share) = (Int(row.rounded(.down)), row - row.rounded(.down))
                for x in 0..<Self.highEdge {
                    let (k, i) = (z + Int(Self.corner[0]), x + Int(Self.corner[2]))
                    let value =
                        Double(field[k, first, i]) * (1 - share)
                        + Double(field[k, first + 1, i]) * share
                    high[z, y, x] = UInt16(value + .random(in: -800...800, using: &generator))
                }
            }
        }
        self.high = high
    }
}

@Suite struct `A pair that drifted` {
    private let laboratory: Laboratory
    private let pair = DriftingPair.shared

    init() throws { laboratory = try Laboratory() }

    /// What a build makes of the pair.
    private struct Built {
        let registration: [String: Any]
        /// The root mean square by which `/high` differs from the truth, in grey values.
        let misfit: Double
        /// The share of voxels whose mask is true.
        let agreement: Double
        let page: String
    }

    private func build(drift: String) async throws -> Built {
        try writeScan(pair.low, to: laboratory.scratch.appending("low.tif"))
        try writeScan(pair.high, to: laboratory.scratch.appending("high.npy"))
        let entry = """
              - id: plug
                material: phantom
                low: {path: low.tif, voxel_size: 6 um}
                high: {path: high.npy, voxel_size: 2 um}
                registration: {drift: \(drift)}

            """
        let notes = try await laboratory.run(laboratory.manifest(entry))
        #expect(notes.failed.isEmpty, "\(notes.failed)")
        let row = try #require(laboratory.rows("pair").first)
        let origin = try ["z", "y", "x"].map { 3 * (try #require(row[$0] as? Int)) }
        let high = try HDF5ScanReader(
            trusted: laboratory.folder("plug", .register).appending("pair.h5"), dataset: "/high"
        ).readAll().volume(as: UInt16.self)
        let mask = try HDF5ScanReader(
            trusted: laboratory.folder("plug", .patch).appending("mask.h5"), dataset: "/mask"
        ).readAll().volume(as: UInt8.self)
        let truth = pair.field.cropped(
            to: Region(z: origin[0], y: origin[1], x: origin[2], shape: high.shape))
        var (squares, same) = (0.0, 0)
        for (index, value) in truth.array.enumerated() {
            let apart = Double(high.array[index]) - Double(value)
            squares += apart * apart
            if (value == 9000) == (mask.array[index] == 1) { same += 1 }
        }
        return Built(
            registration: try #require(laboratory.rows("registration").first),
            misfit: (squares / Double(truth.shape.count)).squareRoot(),
            agreement: Double(same) / Double(truth.shape.count),
            page: try String(contentsOfFile: laboratory.layout.page.string, encoding: .utf8))
    }

    @Test func `is told to have, and loses its drift where the manifest asks for that`()
        async throws
    {
        let reported = try await build(drift: "report")
        #expect(reported.registration["accepted"] as? Int == 1)
        let length = try #require(reported.registration["drift_p95_um"] as? Double)
        // Nine tenths of a voxel of 2 um, less what a shift and a turn explain.
        #expect((0.5...2).contains(length), "\(length)")
        #expect(reported.registration["drift_corrected"] as? Int == 0)
        #expect(reported.page.contains("Drift, not corrected"))

        let corrected = try await build(drift: "correct")
        #expect(corrected.registration["drift_corrected"] as? Int == 1)
        #expect(corrected.registration["drift_p95_um"] as? Double == length)
        #expect(
            corrected.registration["matrix"] as? String == reported.registration["matrix"]
                as? String)
        #expect(corrected.page.contains("Drift, corrected"))
        // With the drift taken the wrong way, both would be worse than before. The mask keeps the
        // voxels that pore walls cross, drift or not.
        #expect(corrected.misfit < 0.6 * reported.misfit)
        #expect(1 - corrected.agreement < 0.75 * (1 - reported.agreement))
    }
}
