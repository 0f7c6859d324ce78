import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import Pipeline

@Suite struct `The mask of a pair` {
    /// A mask of random voxels, and the count of it over a box, shifted and refined by hand.
    @Test(arguments: UInt64(0)..<20)
    func `counts pores voxel by voxel`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let shape = Shape(depth: 8, height: 9, width: 10)
        let mask = Mask(
            shape: shape,
            voxels: (0..<shape.count).map { _ in Bool.random(using: &generator) })
        // HIGH voxels of 2 um, fine ones of 1 um, and HIGH's corner 3, 1 and 2 HIGH voxels into LOW.
        let pairMask = PairMask(
            mask: mask, fieldOfView: .all,
            highFromLow: SpatialTransform(translation: SIMD3(6, 2, 4)).inverse,
            correction: nil, origin: SIMD3(6, 4, 4), fineEdge: SIMD3(1, 1, 1),
            highEdge: SIMD3(2, 2, 2))
        let region = Region(z: 3, y: 2, x: 1, shape: Shape(depth: 5, height: 7, width: 9))
        var pores = 0
        for z in region.slices {
            for y in region.rows {
                for x in region.columns where mask[z / 2, y / 2 + 1, x / 2] { pores += 1 }
            }
        }
        let counts = pairMask.counts(in: region)
        #expect(counts.pores == pores)
        #expect(counts.inView == region.shape.count)
    }

    @Test func `leaves out what lies out of view`() {
        let mask = Mask(shape: Shape(edge: 4), repeating: true)
        let pairMask = PairMask(
            mask: mask, fieldOfView: .box(Region(z: 0, y: 0, x: 1, shape: Shape(edge: 2))),
            highFromLow: .identity, correction: nil, origin: SIMD3(0, 0, 0),
            fineEdge: SIMD3(1, 1, 1),
            highEdge: SIMD3(1, 1, 1))
        let counts = pairMask.counts(in: Region(all: mask.shape))
        #expect(counts.inView == 8)
        #expect(counts.pores == 8)
    }
}

@Suite struct `A patch` {
    @Test func `has the porosity of its box of the mask`() async throws {
        let laboratory = try Laboratory()
        try writeScan(
            phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("a.npy"))
        try await laboratory.run(
            laboratory.manifest(
                "  - {id: a, material: phantom, high: {path: a.npy, voxel_size: 2 um}}"))
        // LOW was simulated on HIGH's corner, so the pair's fine voxels are HIGH's.
        let row = try #require(laboratory.rows("mask").first)
        let file = laboratory.output.appending(try #require(row["file"] as? String))
        let mask = try HDF5ScanReader(trusted: file, dataset: "/mask").readAll()
            .volume(as: UInt8.self)
        let total = Double(mask.array.count { $0 == 1 }) / Double(mask.shape.count)
        let porosity = try laboratory.rows("sample_parameter").first {
            $0["name"] as? String == "porosity_total"
        }
        #expect(abs(try #require(porosity?["value"] as? Double) - total) < 1e-12)

        let patches = try laboratory.rows("patch")
        #expect(patches.count == 8)
        for patch in patches {
            let at = try ["z", "y", "x"].map { try #require(patch[$0] as? Int) * 3 }
            let box = mask.cropped(
                to: Region(z: at[0], y: at[1], x: at[2], shape: Shape(edge: 15)))
            let expected = Double(box.array.count { $0 == 1 }) / Double(box.shape.count)
            #expect(abs(try #require(patch["porosity"] as? Double) - expected) < 1e-12)
        }
    }

    @Test func `ends where the region of interest does`() async throws {
        let laboratory = try Laboratory()
        try writeScan(
            phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("a.npy"))
        try await laboratory.run(
            laboratory.manifest(
                """
                  - {id: a, material: phantom, high: {path: a.npy, voxel_size: 2 um}, region: {z: [0, 17]}}
                """))
        let pair = try #require(try laboratory.rows("pair").first)
        #expect(pair["depth"] as? Int == 5 && pair["height"] as? Int == 12)
        let patches = try laboratory.rows("patch")
        #expect(!patches.isEmpty && patches.allSatisfy { $0["z"] as? Int == 0 })
        #expect(patches.allSatisfy { ($0["flags"] as? String)?.contains("outside") == false })
    }

    @Test func `outside a round plug is flagged`() async throws {
        let laboratory = try Laboratory()
        try writeScan(
            phantomScan(edge: 36, seed: 5), to: laboratory.scratch.appending("a.npy"))
        try await laboratory.run(
            laboratory.manifest(
                """
                  - id: a
                    material: phantom
                    high: {path: a.npy, voxel_size: 2 um}
                    region: {cylinder: {centre: [18, 18], radius: 16}}
                """))
        let pair = try #require(try laboratory.rows("pair").first)
        // The plug lies from voxel 2 to 34, which holds ten whole voxels of LOW.
        #expect(pair["height"] as? Int == 10 && pair["width"] as? Int == 10)
        let patches = try laboratory.rows("patch")
        #expect(!patches.isEmpty)
        for patch in patches {
            let flags = try #require(patch["flags"] as? String)
            #expect(flags.contains("outside"), "every patch of five voxels has a corner out of it")
        }
    }
}
