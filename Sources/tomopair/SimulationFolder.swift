import DigitalRock
import Foundation
import SystemPackage
import VolumeFiles
import Volumes

/// The folder that simulated samples are written to.
struct SimulationFolder {
    /// The folder holds something already.
    struct NotEmpty: Error, CustomStringConvertible {
        let path: FilePath
        var description: String {
            "\(path): not an empty folder; name a new one, as nothing there is overwritten"
        }
    }

    private let path: FilePath
    private let format: Simulate.Format

    /// Makes the folder, or takes an empty one.
    init(_ path: FilePath, format: Simulate.Format) throws {
        let files = FileManager.default
        if files.fileExists(atPath: path.string) {
            guard (try? files.contentsOfDirectory(atPath: path.string))?.isEmpty == true else {
                throw NotEmpty(path: path)
            }
        } else {
            do {
                try files.createDirectory(atPath: path.string, withIntermediateDirectories: true)
            } catch {
                throw VolumeFileError.cannotWrite(
                    path, reason: "its folder does not take new folders")
            }
        }
        self.path = path
        self.format = format
    }

    /// Writes the two scans, the true pores and what is known about them.
    func write(_ sample: SimulatedSample, id: String) throws {
        let folder = path.appending(id)
        try FileManager.default.createDirectory(
            atPath: folder.string, withIntermediateDirectories: false)
        try writeScan(RawSlab(sample.low), sample.low.voxelSize, to: folder.appending("low"))
        try writeScan(RawSlab(sample.high), sample.high.voxelSize, to: folder.appending("high"))
        try writeTIFF(
            RawSlab(sample.truePores.map { $0 ? UInt8(1) : 0 }), sample.high.voxelSize,
            to: folder.appending("mask.tif"))
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
        try write(encoder.encode(Truth(sample)), to: folder.appending("truth.json"))
    }

    /// Takes a half-written sample away, so that the same command can be given again.
    func remove(_ id: String) {
        try? FileManager.default.removeItem(atPath: path.appending(id).string)
    }

    /// Writes the manifest that `tomopair build` takes; `patch` is the edge of a patch in LOW voxels.
    func writeManifest(samples: [(id: String, scale: Int)], patch: Int) throws {
        let scale = samples.first?.scale ?? 4
        var lines = [
            "# These scans are simulated: a digital rock of known pores, projected and reconstructed.",
            "# Made by 'tomopair simulate'; what is true of each sample is in its truth.json.",
            "dataset:",
            "  name: \(path.lastComponent.map(Self.name) ?? "simulated-plugs")",
            "  scale: \(scale)",
            "  split: {train: 0.6, validation: 0.2, test: 0.2, seed: 1}",
            "  patches: {size: \(patch), stride: \(patch)}        # in LOW voxels",
            "samples:",
        ]
        for sample in samples {
            let truth = try SimulationSettings(scale: sample.scale)
            lines += ["  - id: \(sample.id)", "    material: simulated sandstone"]
            if sample.scale != scale { lines.append("    scale: \(sample.scale)") }
            for (role, size) in [
                ("low", truth.lowVoxelInMicrometres), ("high", truth.highVoxelInMicrometres),
            ] {
                let file = "\(sample.id)/\(role).\(format.rawValue)"
                lines.append("    \(role): {path: \(file), voxel_size: \(Self.number(size)) um}")
            }
        }
        try write(
            Data((lines.joined(separator: "\n") + "\n").utf8), to: path.appending("manifest.yaml"))
    }

    private static func name(_ component: FilePath.Component) -> String {
        let kept = component.string.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
        return "simulated-" + String(kept)
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    private func writeScan(_ slab: RawSlab, _ voxelSize: VoxelSize?, to stem: FilePath) throws {
        var file = stem
        file.extension = format.rawValue
        switch format {
        case .tif: try writeTIFF(slab, voxelSize, to: file)
        case .h5:
            let writer = try HDF5FileWriter(creating: file)
            let volume = try writer.addVolume(
                "/exchange/data", shape: slab.shape, elementType: slab.elementType,
                voxelSize: voxelSize, description: "Simulated scan of a digital rock.")
            try volume.append(slab)
            try volume.finish()
            try writer.finish()
        }
    }

    private func writeTIFF(_ slab: RawSlab, _ voxelSize: VoxelSize?, to file: FilePath) throws {
        let writer = try TIFFScanWriter(
            creating: file, shape: slab.shape, elementType: slab.elementType, voxelSize: voxelSize,
            compression: .deflate)
        try writer.append(slab)
        try writer.finish()
    }

    private func write(_ data: Data, to file: FilePath) throws {
        do {
            try data.write(to: URL(fileURLWithPath: file.string), options: .withoutOverwriting)
        } catch let error as CocoaError where error.code == .fileWriteOutOfSpace {
            throw VolumeFileError.noSpace(file)
        }
    }
}

/// What is true of a simulated sample; the keys of the transform are those of `register --json`.
private struct Truth: Encodable {
    let simulated = true
    let matrix: SpatialTransform
    let rotationDegrees: SIMD3<Double>
    let scale: Double
    let translationUm: SIMD3<Double>
    let porosity: Double
    let seed: UInt64
    let settings: SimulationSettings

    init(_ sample: SimulatedSample) {
        matrix = sample.transform
        rotationDegrees = sample.transform.rotationInDegrees
        scale = sample.transform.scale
        translationUm = sample.transform.translation
        porosity = sample.porosity
        seed = sample.seed
        settings = sample.settings
    }
}
