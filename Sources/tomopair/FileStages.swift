import ArgumentParser
import Foundation
import Measurement
import Registration
import Segmentation
import SystemPackage
import VolumeFiles
import Volumes

struct Register: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds where the HIGH scan lies in the LOW scan.",
        discussion: """
            Prints the 4x4 matrix that takes a point of HIGH (z, y, x in um from the corner of its \
            first voxel) to LOW. Exits with 1 where the answer is not to be trusted, and says why.
            """)

    @Argument(help: "The coarse scan.") var low: String
    @Argument(help: "The fine scan.") var high: String
    @Option(
        help: ArgumentHelp("LOW's voxel size, where its file does not say it.", valueName: "um"))
    var lowVoxelSize: Double?
    @Option(help: ArgumentHelp("HIGH's voxel size, likewise.", valueName: "um"))
    var highVoxelSize: Double?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try reportingErrors {
            let clock = ContinuousClock()
            let lowVolume = try floats(low, voxelSize: lowVoxelSize)
            let highVolume = try floats(high, voxelSize: highVoxelSize)
            let began = clock.now
            let found = try register(low: lowVolume, high: highVolume)
            let result = RegisterAnswer(found, seconds: began.duration(to: clock.now) / .seconds(1))
            if json { try printJSON(result) } else { print(result.text) }
            if !found.accepted { throw ExitCode(ExitStatus.someFailed.rawValue) }
        }
    }

    private func floats(_ path: String, voxelSize: Double?) throws -> Volume<Float> {
        let (slab, size) = try readScan(path, voxelSize: voxelSize)
        return slab.convert(to: Float.self, voxelSize: size)
    }
}

/// The answer of `tomopair register`; the keys are a contract with scripts.
private struct RegisterAnswer: Encodable {
    struct Residual: Encodable {
        let median: Double?
        let p95: Double?
    }

    let matrix: SpatialTransform
    let rotation_degrees: [Double]
    let scale: Double
    let translation_um: [Double]
    let confidence: Double
    let accepted: Bool
    let reason: String?
    let overlap_fraction: Double
    let correlation: Double
    let residual_um: Residual
    let seconds: Double

    init(_ found: RegistrationResult, seconds: Double) {
        func list(_ vector: SIMD3<Double>) -> [Double] { (0..<3).map { vector[$0] } }
        // Where no block of the overlap could be fitted there is no residual, and JSON has no infinity.
        func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
        matrix = found.transform
        rotation_degrees = list(found.transform.rotationInDegrees)
        scale = found.transform.scale
        translation_um = list(found.transform.translation)
        confidence = found.confidence
        accepted = found.accepted
        reason = found.reason
        overlap_fraction = found.overlapFraction
        correlation = found.correlation
        residual_um = Residual(
            median: finite(found.residualInMicrometres.median),
            p95: finite(found.residualInMicrometres.p95))
        self.seconds = seconds
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(matrix, forKey: .matrix)
        try container.encode(rotation_degrees, forKey: .rotation_degrees)
        try container.encode(scale, forKey: .scale)
        try container.encode(translation_um, forKey: .translation_um)
        try container.encode(confidence, forKey: .confidence)
        try container.encode(accepted, forKey: .accepted)
        // Written even when there is none, so that scripts find the key.
        try container.encode(reason, forKey: .reason)
        try container.encode(overlap_fraction, forKey: .overlap_fraction)
        try container.encode(correlation, forKey: .correlation)
        try container.encode(residual_um, forKey: .residual_um)
        try container.encode(seconds, forKey: .seconds)
    }

    private enum CodingKeys: String, CodingKey {
        case matrix, rotation_degrees, scale, translation_um, confidence, accepted, reason
        case overlap_fraction, correlation, residual_um, seconds
    }

    var text: String {
        func number(_ value: Double) -> String { String(format: "%.4f", value) }
        let residual = [residual_um.median, residual_um.p95].map { $0.map(number) ?? "unknown" }
        return """
            \(accepted ? "accepted" : "not accepted: \(reason ?? "")")
            translation (z, y, x)  \(translation_um.map(number).joined(separator: " ")) um
            rotation (z, y, x)     \(rotation_degrees.map(number).joined(separator: " ")) degrees
            scale                  \(number(scale))
            correlation            \(number(correlation)) over \(number(overlap_fraction)) of HIGH
            confidence             \(number(confidence))
            residual               median \(residual[0]), 95 % below \(residual[1]) um
            seconds                \(number(seconds))
            """
    }
}

struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Parts a scan into pores and solid, and pores from each other.",
        discussion: """
            Writes MASK (1 in pores, 0 elsewhere) in the format its name says, and with --labels the \
            numbered pores.
            """)

    @Argument(help: "The scan.") var volume: String
    @Argument(help: "The mask to write: .tif, .h5, .mhd, .nrrd, .npy.") var mask: String
    @Option(help: "Where to write the numbered pores.") var labels: String?
    @Option(
        help: ArgumentHelp(
            "A grey value between the phases instead of Otsu's.", valueName: "grey"))
    var threshold: Double?
    @Flag(help: "Do not take the median of 3x3x3 voxels first.") var noDenoising = false
    @Flag(help: "The pores are the brighter phase.") var brightPores = false
    @Flag(help: "Replace files that are there.") var overwrite = false
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try reportingErrors {
            let (slab, size) = try readScan(volume, voxelSize: nil)
            let settings = SegmentationSettings(
                denoising: noDenoising ? .none : .median3,
                threshold: threshold.map { .fixed($0) } ?? .otsu,
                porePhase: brightPores ? .brighter : .darker)
            let result = try segment(slab, voxelSize: size, settings: settings)
            guard (1..<result.voxelCount).contains(result.poreVoxelCount) else {
                throw UselessMask(
                    description: "\(volume): every voxel is "
                        + (result.poreVoxelCount > 0 ? "pore" : "solid")
                        + " at the threshold \(result.thresholds); give another with --threshold")
            }
            try writeScan(
                RawSlab(result.mask.map { $0 ? UInt8(1) : 0 }), voxelSize: size, to: mask,
                overwrite: overwrite)
            if let labels {
                try writeScan(
                    RawSlab(result.labels), voxelSize: size, to: labels, overwrite: overwrite)
            }
            let answer = SegmentAnswer(
                thresholds: result.thresholds, raw_threshold: result.rawThreshold,
                separability: result.contrast?.separability, porosity: result.porosity,
                pores: result.poreCount, voxels: result.voxelCount)
            if json { try printJSON(answer) } else { print(answer.text) }
        }
    }
}

/// The answer of `tomopair segment`; the keys are a contract with scripts.
private struct SegmentAnswer: Encodable {
    let thresholds: [Double]
    let raw_threshold: Double?
    let separability: Double?
    let porosity: Double
    let pores: Int
    let voxels: Int

    var text: String {
        """
        threshold     \(thresholds.map { "\($0)" }.joined(separator: ", ")) \
        (without denoising \(raw_threshold.map { "\($0)" } ?? "none"))
        separability  \(separability.map { String(format: "%.3f", $0) } ?? "unknown")
        porosity      \(String(format: "%.6f", porosity))
        pores         \(pores)
        voxels        \(voxels)
        """
    }
}

struct Measure: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures the pore space of a mask.")

    @Argument(help: "The mask: 0 and 1, or a grey value that is pore.") var mask: String
    @Option(help: ArgumentHelp("The grey value that is pore.", valueName: "grey"))
    var pore: Double?
    @Option(help: ArgumentHelp("The voxel size, where the file does not say it.", valueName: "um"))
    var voxelSize: Double?
    @Option(
        help: ArgumentHelp("Only these parameters, with commas between.", valueName: "names"))
    var only: String?
    @Flag(help: "Print the result as JSON.") var json = false

    func run() throws {
        try reportingErrors {
            let (slab, size) = try readScan(mask, voxelSize: voxelSize)
            var parameters = try measurePorosity(of: pores(slab).withVoxelSize(size))
            if let only {
                let names = only.split(separator: ",").map(String.init)
                guard !names.isEmpty else {
                    throw CommandWasWrong(description: "--only: names no parameter")
                }
                let known = Set(parameters.map(\.name))
                if let stranger = names.first(where: { !known.contains($0) }) {
                    throw CommandWasWrong(
                        description: "--only: no parameter is called '\(stranger)'; there are "
                            + known.sorted().joined(separator: ", "))
                }
                parameters.removeAll { !names.contains($0.name) }
            }
            if json { return try printJSON(["parameters": parameters]) }
            printTable(
                [["parameter", "axis", "value", "error", "unit"]]
                    + parameters.map {
                        [
                            $0.name, $0.axis?.rawValue ?? "-", "\($0.value)",
                            $0.error.map { String(format: "%.2g", $0) } ?? "-", $0.unit,
                        ]
                    })
        }
    }

    private func pores(_ slab: RawSlab) throws -> Mask {
        let values = slab.convert(to: Double.self)
        if let pore {
            let mask = values.map { $0 == pore }
            guard mask.array.contains(true) else {
                throw UselessMask(
                    description: "\(self.mask): no voxel is \(pore); see 'tomopair info'")
            }
            return mask
        }
        guard values.array.allSatisfy({ $0 == 0 || $0 == 1 }) else {
            throw CommandWasWrong(
                description:
                    "\(mask): holds other values than 0 and 1; say with --pore which one is pore")
        }
        return values.map { $0 == 1 }
    }
}

/// Data of which nothing can be measured.
struct UselessMask: Error, CustomStringConvertible {
    let description: String
}

/// A whole scan in memory, and its voxel size: the given one or the file's.
private func readScan(
    _ path: String, voxelSize edge: Double?
) throws -> (slab: RawSlab, voxelSize: VoxelSize?) {
    let reader = try openScan(ScanLocation(FilePath(path)))
    var size = reader.description.voxelSize?.size
    if let edge {
        guard let given = VoxelSize(micrometres: edge) else {
            throw CommandWasWrong(description: "a voxel size is a positive length in um")
        }
        size = given
    }
    return (try reader.readAll(), size)
}

/// Writes a whole scan, which appears when it is complete.
private func writeScan(
    _ slab: RawSlab, voxelSize: VoxelSize?, to output: String, overwrite: Bool
) throws {
    let path = FilePath(output)
    let format = try outputFormat(at: path)
    let staged = try StagedOutput(for: path, format: format, overwriting: overwrite)
    let interruption = RemovalOnInterruption(removing: staged.folder)
    defer { withExtendedLifetime(interruption) {} }
    let writer = try createScan(
        at: staged.path, format: format, shape: slab.shape, elementType: slab.elementType,
        voxelSize: voxelSize, description: "made by tomopair segment")
    try writer.append(slab)
    try writer.finish()
    try staged.publish()
}
