import Dataset
import Foundation
import PatchFeed
import Randomness
import SystemPackage
import TestSupport
import Testing
import Torch
import TrainingRecipe
import VolumeFiles
import Volumes

@testable import Training

/// A workspace of tiny pairs: grains in HIGH, whose means over cubes are LOW.
struct Plugs {
    let scratch: ScratchFolder
    let workspace: FilePath

    init() throws {
        scratch = try ScratchFolder()
        workspace = scratch.appending("workspace")
        try FileManager.default.createDirectory(
            atPath: workspace.string, withIntermediateDirectories: true)
    }

    /// Two samples to learn from and one to judge by, of scale 4.
    func pairs(scale: Int = 4) throws -> [TrainingPair] {
        [
            try pair("plug-a", scale: scale), try pair("plug-b", phase: 1.7, scale: scale),
            try pair("plug-c", phase: 3.1, scale: scale, part: .validation),
        ]
    }

    /// HIGH's grey value at a place: two kinds of grain, and pores between them.
    static func grey(_ z: Int, _ y: Int, _ x: Int, phase: Double) -> Double {
        let (z, y, x) = (Double(z), Double(y), Double(x))
        let wave =
            sin(0.31 * x + 0.11 * y + phase) + sin(0.27 * y - 0.13 * z + 2 * phase)
            + sin(0.29 * z + 0.17 * x)
        let edge = 1 / (1 + exp(-6 * wave))
        return 3000 + 9000 * edge + 800 * sin(1.9 * x + 2.3 * y + 0.7 * z)
    }

    /// Writes a pair, and tells of it as a catalog does.
    ///
    /// - Parameters:
    ///   - gain: LOW's grey values for a grey value of HIGH.
    ///   - noise: The standard deviation of noise on LOW.
    ///   - broken: Makes HIGH's numbers so large that squares of them are none.
    func pair(
        _ name: String, phase: Double = 0, scale: Int = 4, part: SplitPart = .train,
        shape: Shape = Shape(depth: 8, height: 24, width: 24), gain: Float = 1,
        noise: Double = 0, lowWindow: ClosedRange<Double> = 2000...13_000, broken: Bool = false
    ) throws -> TrainingPair {
        let fine = Shape(
            depth: shape.isImage ? 1 : shape.depth * scale, height: shape.height * scale,
            width: shape.width * scale)
        var high: [Float] = []
        for z in 0..<fine.depth {
            for y in 0..<fine.height {
                for x in 0..<fine.width {
                    let grey = Float(Self.grey(z, y, x, phase: phase))
                    high.append(broken ? grey * 1e30 : grey)
                }
            }
        }
        let deep = fine.depth / shape.depth
        var low = [Float](repeating: 0, count: shape.count)
        for (index, value) in high.enumerated() {
            let (slice, rest) = index.quotientAndRemainder(dividingBy: fine.sliceCount)
            let (y, x) = rest.quotientAndRemainder(dividingBy: fine.width)
            let cell =
                (slice / deep * shape.height + y / scale) * shape.width + x / scale
            low[cell] += (broken ? value * 1e-30 : value) / Float(scale * scale * deep)
        }
        var generator = SplitMix64(seed: UInt64(phase * 1000))
        let distribution = NormalDistribution(standardDeviation: noise)
        low = low.map { gain * $0 + (noise > 0 ? Float(distribution.draw(using: &generator)) : 0) }
        let file = try HDF5FileWriter(creating: workspace.appending("\(name).h5"))
        for (dataset, shape, voxels) in [("/low", shape, low), ("/high", fine, high)] {
            let whole = RawSlab(Volume(shape: shape, voxels: voxels))
            let isWhole = broken && dataset == "/high"
            let writer = try file.addVolume(
                dataset, shape: shape, elementType: isWhole ? .float32 : .uint16, voxelSize: nil,
                description: "test")
            try writer.append(
                isWhole
                    ? whole
                    : RawSlab(
                        whole.volume(as: Float.self).map {
                            UInt16(min(max($0.rounded(), 0), 65_535))
                        }))
            try writer.finish()
        }
        try file.finish()
        let grid = PatchGrid(
            size: Shape(depth: min(8, shape.depth), height: 8, width: 8), stride: Shape(edge: 8))
        return TrainingPair(
            sample: try #require(SampleID(name)), material: "sandstone", split: part,
            pair: PairRecord(
                file: "\(name).h5", scale: scale, region: Region(z: 0, y: 2, x: 3, shape: shape),
                voxelSize: VoxelSize(micrometres: 8),
                greyFit: GreyFit(gain: Double(gain), offset: 0, correlation: 1)),
            lowOrigin: .scanned,
            lowScanShape: Shape(
                depth: shape.depth, height: shape.height + 10, width: shape.width + 10),
            lowWindow: lowWindow, highWindow: 2000...13_000,
            mask: MaskRecord(
                role: .high, grid: .pair, file: "mask.h5", shape: fine, thresholds: [7500],
                method: "test"),
            patches: grid.regions(in: shape).map { PatchRecord(region: $0, porosity: 0.4) })
    }

    /// Prepares a run in a folder of that name.
    func run(
        _ recipe: TrainingRecipe, _ pairs: [TrainingPair], named name: String,
        resumes: Bool = false, feedThreads: Int = 1, report: (TrainingRun.Event) -> Void = { _ in }
    ) throws -> TrainingRun {
        // For equal bits every step has to run on as many threads as any other.
        try Library.setThreads(1)
        return try TrainingRun(
            recipe, pairs: pairs, workspace: workspace, folder: folder(name),
            recipeFolder: scratch.path, device: .cpu, resumes: resumes, feedThreads: feedThreads,
            report: report)
    }

    func folder(_ name: String) -> FilePath {
        workspace.appending("runs").appending(name)
    }

    /// Whether a run left all that another left, byte for byte, but for when it was.
    func isSame(_ first: String, _ second: String) throws -> Bool {
        func contents(_ name: String) throws -> [String: Data] {
            var all: [String: Data] = [:]
            let folder = folder(name)
            for file in try FileManager.default.subpathsOfDirectory(atPath: folder.string)
            where !file.contains("tensorboard")
                && ![".lock", TrainingRunRecord.fileName].contains(file)
            {
                let path = folder.appending(file)
                var isFolder: ObjCBool = false
                _ = unsafe FileManager.default.fileExists(
                    atPath: path.string, isDirectory: &isFolder)
                if !isFolder.boolValue {
                    all[file] = try Data(contentsOf: URL(fileURLWithPath: path.string))
                }
            }
            return all
        }
        let (one, other) = (try contents(first), try contents(second))
        for name in Set(one.keys).union(other.keys).sorted() where one[name] != other[name] {
            Issue.record("\(name) differs between \(first) and \(second)")
            return false
        }
        return !one.isEmpty
    }
}

/// A recipe of a tiny network.
///
/// - Parameter extra: Further lines, which come instead of those here with the same key.
func makeRecipe(_ extra: String = "") throws -> TrainingRecipe {
    let standard = [
        "name: tiny", "network: {architecture: edsr, blocks: 1, features: 4}", "scale: 4",
        "patch: 32", "batch: 2", "patches_per_epoch: 8", "length: 3 epochs", "loss: l1",
        "optimiser: {kind: adamw, rate: 1e-3}", "ema: 0.9",
    ]
    let lines = extra.split(separator: "\n").map(String.init)
    func key(_ line: String) -> Substring { line.prefix { $0 != ":" } }
    let own = standard.filter { line in !lines.contains { key($0) == key(line) } }
    return try TrainingRecipe(
        yaml: (own + lines).joined(separator: "\n") + "\n", path: "tiny.yaml")
}

/// The message of what is thrown.
func message(_ body: () throws -> Void) -> String {
    do {
        try body()
        return "nothing was thrown"
    } catch {
        return "\(error)"
    }
}
