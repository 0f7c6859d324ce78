import Dataset
import Foundation
import GRDB
import SystemPackage
import TestSupport
import Testing
import Volumes

@testable import Catalog

@Suite struct `What training reads of a catalog` {
    private let scratch: ScratchFolder
    private let path: FilePath

    init() throws {
        scratch = try ScratchFolder()
        path = scratch.appending("catalog.sqlite")
    }

    /// A sample whose scans nobody else has.
    private func own(_ name: String, _ part: SplitPart?) throws -> SampleRecord {
        var record = try sample(name, seed: 3)
        record.split = part.map { SplitRecord($0, reason: "drawn") }
        record.scans = record.scans.map { scan in
            rescan(scan, sum: String(repeating: name == "p1" ? "a" : "b", count: 63))
        }
        return record
    }

    /// The same scan of other bytes.
    private func rescan(_ scan: ScanRecord, sum: String) -> ScanRecord {
        ScanRecord(
            role: scan.role, origin: scan.origin, path: scan.path, format: scan.format,
            sha256: sum + (scan.role == .low ? "0" : "1"), file: scan.file, shape: scan.shape,
            elementType: scan.elementType, voxelSize: scan.voxelSize,
            voxelSizeSource: scan.voxelSizeSource,
            intensityWindow: scan.role == .low ? 100...60_000 : 5...50_000,
            flags: scan.flags, metadata: scan.metadata)
    }

    private func write(_ records: [SampleRecord]) throws {
        let catalog = try CatalogDatabase(at: path)
        for record in records { try catalog.replace(record) }
        try catalog.close()
    }

    private func read() throws -> [TrainingPair] {
        try CatalogDatabase(readingAt: path).trainingPairs()
    }

    @Test func `is each pair as it was recorded, its patches in order`() throws {
        let records = try [own("p2", .test), own("p1", .train)]
        let bare = try SampleRecord(
            id: #require(SampleID("p3")), material: "m", scale: 4,
            split: SplitRecord(.train, reason: "drawn"))
        try write(records + [bare])
        let before = try Data(contentsOf: URL(fileURLWithPath: path.string))
        let pairs = try read()
        #expect(pairs.map(\.sample.name) == ["p1", "p2"])
        #expect(pairs.map(\.split) == [.train, .test])
        for (pair, record) in zip(pairs, records.reversed()) {
            #expect(pair.pair == record.pair)
            #expect(pair.material == record.material)
            let line = try #require(record.pair?.greyFit)
            let high = try #require(pair.highWindow)
            #expect(pair.lowWindow == 100...60_000)
            #expect(abs(line.gain * high.lowerBound + line.offset - 100) < 1e-9)
            #expect(abs(line.gain * high.upperBound + line.offset - 60_000) < 1e-6)
            #expect(pair.mask == record.masks.first)
            #expect(pair.lowOrigin == .scanned)
            #expect(pair.lowScanShape == Shape(depth: 30, height: 45, width: 117))
            #expect(pair.highShape == Shape(depth: 64, height: 128, width: 256))
            // The pair begins at (0, 2, 4) of slices of 45 x 117.
            #expect(pair.assumedRotationCentre == SIMD2(20.5, 54.5))
            let patches = record.patches.sorted {
                ($0.region.z, $0.region.y, $0.region.x) < ($1.region.z, $1.region.y, $1.region.x)
            }
            #expect(pair.patches.map(\.region) == patches.map(\.region))
            #expect(pair.patches.map(\.porosity) == patches.map(\.porosity))
            #expect(pair.patches.map(\.flags) == patches.map(\.flags))
        }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path.string)) == before)
    }

    @Test func `is refused where one scan is in two parts, under whatever name`() throws {
        var copy = try own("p2", .test)
        let original = try own("p1", .train)
        let shared = try #require(original.scans.first { $0.role == .high })
        copy.scans = copy.scans.map { $0.role == .high ? shared : $0 }
        try write([original, copy])
        #expect {
            _ = try read()
        } throws: { error in
            guard case CatalogError.unusable = error else { return false }
            return "\(error)".contains("'p1' (train) and 'p2' (test) hold the same scan")
        }
        copy.split = original.split
        try write([copy])
        #expect(try read().count == 2)
    }

    @Test(arguments: [(x: 64, isApart: true), (x: 63, isApart: false)])
    func `may be of one core in two parts, by boxes apart`(x: Int, isApart: Bool) throws {
        let original = try own("p1", .train)
        var other = try own("p2", .test)
        other.scans = original.scans
        let pair = try #require(original.pair)
        other.pair = PairRecord(
            file: pair.file, lowDataset: pair.lowDataset, highDataset: pair.highDataset,
            scale: pair.scale,
            region: Region(
                z: 0, y: 2, x: pair.region.x + x, shape: Shape(depth: 16, height: 4, width: 4)),
            voxelSize: pair.voxelSize, greyFit: pair.greyFit)
        other.patches = []
        try write([original, other])
        if isApart {
            #expect(try read().map(\.split) == [.train, .test])
        } else {
            #expect(throws: CatalogError.self) { try read() }
        }
    }

    @Test func `is refused where a pair has no part of the split`() throws {
        try write([own("p1", nil)])
        #expect {
            _ = try read()
        } throws: {
            "\($0)".contains("'p1' has a pair but no part of the split")
        }
    }

    @Test func `is refused where a patch reaches out of its pair`() throws {
        try write([own("p1", .train)])
        let queue = try DatabaseQueue(path: path.string)
        try queue.writeWithoutTransaction { try $0.execute(sql: "UPDATE patch SET depth = 17") }
        try queue.close()
        #expect {
            _ = try read()
        } throws: {
            "\($0)".contains("a patch that reaches out of its pair")
        }
    }
}
