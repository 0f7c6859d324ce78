import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import VolumeFiles

@Suite struct `Scan conversion` {
    private let scratch: ScratchFolder
    private let shape = Shape(depth: 9, height: 10, width: 11)

    init() throws { scratch = try ScratchFolder() }

    /// A scan on disk.
    private func scan(_ slab: RawSlab) throws -> any ScanReader {
        let path = scratch.appending("in.nrrd")
        let writer = try createScan(
            at: path, shape: slab.shape, elementType: slab.elementType,
            voxelSize: VoxelSize(micrometres: 2))
        try writer.append(slab)
        try writer.finish()
        return try openScan(ScanLocation(path))
    }

    private func convert(
        _ reader: any ScanReader, _ conversion: ScanConversion
    ) throws -> (slab: RawSlab, plan: ScanConversion.Plan, notes: [String]) {
        let plan = try conversion.plan(for: reader.description)
        let path = scratch.appending("out-\(UUID().uuidString).nrrd")
        let writer = try createScan(
            at: path, shape: plan.shape, elementType: plan.elementType,
            voxelSize: plan.voxelSize)
        let notes = try conversion.convert(reader, by: plan, into: writer)
        try writer.finish()
        return (try openScan(ScanLocation(path)).readAll(), plan, notes)
    }

    @Test(arguments: UInt64(0)..<12)
    func `gives the same whatever the size of its slabs`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let source = RawFixtures.smooth(
            shape, .uint16, centre: 3000, amplitude: 2000, noise: 100, using: &generator)
        var conversion = ScanConversion()
        conversion.binning = Int.random(in: 1...3, using: &generator)
        conversion.region = Region(
            z: Int.random(in: 0...3, using: &generator), y: 1, x: 2,
            shape: Shape(
                depth: Int.random(in: 3...6, using: &generator), height: 9, width: 8))
        let region = try #require(conversion.region)
        let expected = source.cropped(to: region).binned(by: conversion.binning)
        for budget in [1, 500, 1000, 1 << 20] {
            conversion.slabByteBudget = budget
            let result = try convert(scan(source), conversion)
            #expect(result.slab == expected)
            #expect(result.plan.voxelSize == VoxelSize(micrometres: 2 * Double(conversion.binning)))
            try FileManager.default.removeItem(atPath: scratch.appending("in.nrrd").string)
        }
    }

    @Test func `says which voxels do not fill a bin`() throws {
        var conversion = ScanConversion()
        conversion.binning = 4
        let result = try convert(scan(RawFixtures.numbered(shape, .uint8)), conversion)
        #expect(result.slab.shape == Shape(depth: 2, height: 2, width: 2))
        #expect(result.plan.notes.contains { $0.hasPrefix("1, 2 and 3 voxels") })
    }

    @Test func `does not clamp in silence`() throws {
        let voxels = Volume<UInt16>(shape: shape, repeating: 256)
        var conversion = ScanConversion()
        conversion.elementType = .uint8
        let reader = try scan(RawSlab(voxels))
        let error = try #require(throws: VolumeFileError.self) { try convert(reader, conversion) }
        #expect(error.description.contains("256"))
        #expect(error.description.contains("window"))
    }

    @Test func `spreads a window and says what lay outside`() throws {
        var voxels = Volume<UInt16>(shape: shape, repeating: 150)
        voxels[0, 0, 0] = 10
        voxels[8, 9, 10] = 1000
        var conversion = ScanConversion()
        conversion.elementType = .uint8
        conversion.window = .fixed(100...200)
        let result = try convert(scan(RawSlab(voxels)), conversion)
        #expect(result.slab.bytes.first == 0)
        #expect(result.slab.bytes.last == 255)
        #expect(result.slab.bytes[1] == 128)
        #expect(result.notes.contains { $0.contains("0.101 %") })
    }

    @Test func `finds a window of its own`() throws {
        let source = RawFixtures.numbered(shape, .uint16)
        var conversion = ScanConversion()
        conversion.elementType = .uint8
        conversion.window = .automatic
        let result = try convert(scan(source), conversion)
        #expect(result.notes.contains("window 0.0:250.0"))
        #expect(result.slab.bytes.max() == 255)
    }

    @Test func `stays within its memory`() throws {
        let shape = Shape(depth: 100, height: 100, width: 100)
        #expect(shape.slabDepth(elementType: .uint16, byteBudget: 1) == 1)
        #expect(shape.slabDepth(elementType: .uint16, byteBudget: 20_000 * 70) == 70)
        #expect(shape.slabDepth(elementType: .uint16, byteBudget: 20_000 * 70, multiple: 64) == 64)
        #expect(shape.slabDepth(elementType: .uint16, byteBudget: 20_000 * 7, multiple: 64) == 7)
        #expect(shape.slabDepth(elementType: .uint16, byteBudget: .max) == 100)
    }

    @Test func `outside the scan is refused`() throws {
        let reader = try scan(RawFixtures.numbered(shape, .uint8))
        var conversion = ScanConversion()
        conversion.region = Region(z: 0, y: 0, x: 1, shape: shape)
        #expect(throws: VolumeFileError.self) { try conversion.plan(for: reader.description) }
        conversion.region = nil
        conversion.binning = 10
        #expect(throws: VolumeFileError.self) { try conversion.plan(for: reader.description) }
    }
}

@Suite struct `Staged output` {
    @Test func `appears when it is published, and not before`() throws {
        let scratch = try ScratchFolder()
        let output = scratch.appending("scan.mhd")
        do {
            let staged = try StagedOutput(for: output, format: .metaImage)
            let writer = try createScan(
                at: staged.path, shape: Shape(edge: 2), elementType: .uint8, voxelSize: nil)
            try writer.append(RawFixtures.numbered(Shape(edge: 2), .uint8))
            try writer.finish()
            #expect(visible(scratch).isEmpty)
            try staged.publish()
            #expect(visible(scratch) == ["scan.mhd", "scan.raw"])
        }
        #expect(try all(scratch) == ["scan.mhd", "scan.raw"])
        #expect(try openScan(ScanLocation(output)).readAll().shape == Shape(edge: 2))
    }

    @Test func `that is given up leaves nothing`() throws {
        let scratch = try ScratchFolder()
        do {
            let staged = try StagedOutput(for: scratch.appending("scan.npy"), format: .npy)
            try RawFixtures.write([1], to: staged.path)
        }
        #expect(try all(scratch).isEmpty)
    }

    @Test func `replaces nothing unasked`() throws {
        let scratch = try ScratchFolder()
        let raw = scratch.appending("scan.raw")
        try RawFixtures.write([1], to: raw)
        #expect(throws: VolumeFileError.self) {
            try StagedOutput(for: scratch.appending("scan.mhd"), format: .metaImage)
        }
        let staged = try StagedOutput(for: raw, format: .npy, overwriting: true)
        try RawFixtures.write([2], to: staged.path)
        try staged.publish()
        #expect(try RawFixtures.bytes(of: raw) == [2])
    }

    @Test func `needs a folder to go to`() throws {
        let scratch = try ScratchFolder()
        #expect(throws: VolumeFileError.self) {
            try StagedOutput(for: scratch.appending("no/such/scan.npy"), format: .npy)
        }
        #expect(throws: VolumeFileError.self) {
            try StagedOutput(for: scratch.path, format: .npy, overwriting: true)
        }
    }

    private func all(_ scratch: ScratchFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: scratch.path.string).sorted()
    }

    private func visible(_ scratch: ScratchFolder) -> [String] {
        ((try? all(scratch)) ?? []).filter { !$0.hasPrefix(".") }
    }
}
