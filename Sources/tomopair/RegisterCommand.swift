import ArgumentParser
import Foundation
import Registration
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
