import ArgumentParser
import Dataset
import Foundation
import PatchFeed
import SystemPackage
import Torch
import TurnTaking
import VolumeFiles
import Volumes

/// Batches of pairs of patches, from a pair of scans to tensors, by the thread that asks for them.
struct TimePatches: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "patches",
        abstract: "Times the reading of pairs of 192 x 192 HIGH and 48 x 48 LOW patches.")

    @Argument(help: "LOW (.npy, 16 bits).")
    var low: String

    @Argument(help: "HIGH (.npy, 16 bits), four times as large along each axis.")
    var high: String

    @Argument(help: "An empty folder for the pair's files.")
    var folder: String

    @Option(help: "Pairs of a turn.")
    var count = 4096

    private static let batch = 16

    func run() throws {
        let workspace = FilePath(folder)
        let pair = try writePair(in: workspace)
        let geometry = try PatchGeometry(scale: 4, highEdge: 192)
        let plan = try SamplePlan([pair], part: .train, geometry: geometry)
        let volumes = try StagedPairs([pair], workspace: workspace, folder: workspace)
        var settings = FeedSettings(seed: 1, batch: Self.batch, epochs: 1_000_000)
        settings.samplesPerEpoch = max(plan.count, Self.batch)
        settings.threads = 0
        let feed = try PatchFeed(
            plan, volumes: volumes, preparation: AsScanned(), settings: settings)
        try Turns.take(["anchors": plan.count]) { [count] in
            var done = 0
            while done < count, let batch = try feed.next() {
                try batch.withVoxels { low, high in
                    _ = try Tensor(low, shape: [batch.count, 1, 48, 48])
                    _ = try Tensor(high, shape: [batch.count, 1, 192, 192])
                }
                done += batch.count
                batch.release()
            }
            return done
        }
    }

    /// Writes the pair as a workspace keeps it, with patches of 48 LOW pixels every 24.
    private func writePair(in workspace: FilePath) throws -> TrainingPair {
        let file = try HDF5FileWriter(creating: workspace.appending("pair.h5"))
        var lowShape = Shape(edge: 1)
        for (dataset, path) in [("/low", low), ("/high", high)] {
            let slab = try openScan(ScanLocation(FilePath(path))).readAll()
            if dataset == "/low" { lowShape = slab.shape }
            let writer = try file.addVolume(
                dataset, shape: slab.shape, elementType: slab.elementType, voxelSize: nil,
                description: "texture")
            try writer.append(slab)
            try writer.finish()
        }
        try file.finish()
        guard let name = SampleID("texture") else { preconditionFailure("texture is a name") }
        let grid = PatchGrid(
            size: Shape(depth: 1, height: 48, width: 48),
            stride: Shape(depth: 1, height: 24, width: 24))
        return TrainingPair(
            sample: name, material: "texture", split: .train,
            pair: PairRecord(
                file: "pair.h5", scale: 4, region: Region(z: 0, y: 0, x: 0, shape: lowShape),
                voxelSize: nil),
            lowOrigin: .scanned, lowScanShape: lowShape, lowWindow: 0...65_535,
            highWindow: 0...65_535,
            patches: grid.regions(in: lowShape).map { PatchRecord(region: $0, porosity: nil) })
    }
}
