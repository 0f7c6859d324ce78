import Dataset
import Foundation
import Randomness
import SystemPackage
import TestSupport
import Testing
import VolumeFiles
import Volumes

@testable import PatchFeed

/// The voxel that tests put at a place: no two neighbours are alike, and a box read from a wrong place
/// shows.
func grey(_ z: Int, _ y: Int, _ x: Int, high: Bool) -> UInt16 {
    UInt16(truncatingIfNeeded: z &* 7919 &+ y &* 131 &+ x &* 17 &+ (high ? 30_000 : 0))
}

/// A workspace of pairs whose voxels follow from their places.
struct Fixture {
    let scratch: ScratchFolder
    let workspace: FilePath
    let run: FilePath

    init() throws {
        scratch = try ScratchFolder()
        workspace = scratch.appending("workspace")
        run = scratch.appending("run")
        for folder in [workspace, run] {
            try FileManager.default.createDirectory(
                atPath: folder.string, withIntermediateDirectories: true)
        }
    }

    /// Writes a pair, and tells of it as a catalog does.
    ///
    /// - Parameter patches: By default cubes of 8 LOW voxels side by side, or squares in an image.
    func pair(
        _ name: String, shape: Shape = Shape(depth: 9, height: 40, width: 32), scale: Int = 4,
        part: SplitPart = .train, patches: [PatchRecord]? = nil, type: ElementType = .uint16,
        lowWindow: ClosedRange<Double>? = 1000...11_000,
        highWindow: ClosedRange<Double>? = 0...20_000
    ) throws -> TrainingPair {
        let grid = PatchGrid(size: Shape(edge: 8), stride: Shape(edge: 8))
        let pair = TrainingPair(
            sample: try #require(SampleID(name)), material: "sandstone", split: part,
            pair: PairRecord(
                file: "\(name).h5", scale: scale, region: Region(z: 1, y: 2, x: 3, shape: shape),
                voxelSize: VoxelSize(micrometres: 8)),
            lowOrigin: .scanned,
            lowScanShape: Shape(
                depth: shape.depth + 4, height: shape.height + 10, width: shape.width + 10),
            lowWindow: lowWindow, highWindow: highWindow,
            patches: patches
                ?? grid.regions(in: shape).map { PatchRecord(region: $0, porosity: 0.2) })
        let file = try HDF5FileWriter(creating: workspace.appending(pair.pair.file))
        for (dataset, shape, isHigh) in [
            ("/low", pair.lowShape, false), ("/high", pair.highShape, true),
        ] {
            let writer = try file.addVolume(
                dataset, shape: shape, elementType: type, voxelSize: nil, description: "test")
            var voxels: [UInt16] = []
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    for x in 0..<shape.width { voxels.append(grey(z, y, x, high: isHigh)) }
                }
            }
            let slab = RawSlab(Volume(shape: shape, voxels: voxels))
            switch type {
            case .uint16: try writer.append(slab)
            case .uint8:
                try writer.append(RawSlab(slab.volume(as: UInt16.self).map { UInt8($0 % 251) }))
            case .int16:
                try writer.append(
                    RawSlab(slab.volume(as: UInt16.self).map { Int16(truncatingIfNeeded: $0) }))
            case .float64: try writer.append(RawSlab(slab.convert(to: Double.self)))
            default: try writer.append(RawSlab(slab.convert(to: Float.self)))
            }
            try writer.finish()
        }
        try file.finish()
        return pair
    }

    func stage(_ pairs: [TrainingPair]) throws -> StagedPairs {
        try StagedPairs(pairs, workspace: workspace, folder: run)
    }
}

/// A grey value as a network sees it.
func normalised(_ value: Double, _ window: ClosedRange<Double>?) -> Float {
    guard let window else { return .nan }
    return Float((value - window.lowerBound) / (window.upperBound - window.lowerBound))
}

/// A batch as plain values.
struct Delivered: Equatable {
    let position: FeedPosition
    let next: FeedPosition
    let places: [PatchPlace]
    let low: [Float]
    let high: [Float]
    let drawn: [String]

    init<Drawn>(_ batch: PatchBatch<Drawn>) {
        position = batch.position
        next = batch.next
        places = batch.places
        (low, high) = batch.withVoxels { low, high in
            (low.indices.map { low[$0] }, high.indices.map { high[$0] })
        }
        drawn = batch.drawn.map { $0.map { "\($0)" } ?? "" }
    }
}

/// All batches of a feed.
func deliver<Preparation>(_ feed: PatchFeed<Preparation>) throws -> [Delivered] {
    var all: [Delivered] = []
    while let batch = try feed.next() { all.append(Delivered(batch)) }
    return all
}

/// The case of what is thrown.
func feedError(_ body: () throws -> Void) -> PatchFeedError? {
    do {
        try body()
        return nil
    } catch {
        return error as? PatchFeedError
    }
}
