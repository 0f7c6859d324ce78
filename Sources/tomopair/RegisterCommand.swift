import Console
import ArgumentParser
import Foundation
import Registration
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
    @Option(
        help: """
            How HIGH may differ in place: shift, similarity or affine. Unless given, a similarity, or a \
            shift where the scans do not contradict it.
            """)
    var model: RegistrationOptions.Model?
    @Flag(help: "HIGH is known to be stored as a mirror image.") var mirrored = false
    @Option(
        help: ArgumentHelp(
            "The largest angle that HIGH was turned by, about any axis.", valueName: "degrees"))
    var maximumRotation: Double?
    @Option(
        help: ArgumentHelp(
            "HIGH stands upright, turned about z by any angle, tilted by at most this.",
            valueName: "degrees"))
    var maximumTilt: Double?
    @Flag(help: "Print the result as JSON.") var json = false

    func validate() throws {
        if maximumRotation != nil, maximumTilt != nil {
            throw ValidationError(
                "--maximum-rotation and --maximum-tilt exclude each other; give one.")
        }
        for angle in [maximumRotation, maximumTilt] {
            if let angle, !(0...180).contains(angle) {
                throw ValidationError("an angle is from 0 to 180 degrees, not \(angle)")
            }
        }
    }

    func run() throws {
        try reportingErrors {
            let clock = ContinuousClock()
            let lowScan = try stored(low, voxelSize: lowVoxelSize)
            let highScan = try stored(high, voxelSize: highVoxelSize)
            let began = clock.now
            let options = RegistrationOptions(
                model: model,
                rotation: maximumRotation.map { .atMost(degrees: $0) }
                    ?? maximumTilt.map { .aboutZ(tiltInDegrees: $0) } ?? .any,
                isMirrored: mirrored)
            let found = try register(low: lowScan, high: highScan, options: options)
            let result = RegisterAnswer(found, seconds: began.duration(to: clock.now) / .seconds(1))
            if json { try printJSON(result) } else { print(result.text) }
            if !found.accepted { throw ExitCode(ExitStatus.someFailed.rawValue) }
        }
    }

    private func stored(_ path: String, voxelSize: Double?) throws -> SizedScan {
        let scan = try StoredScan(ScanLocation(FilePath(path)))
        return SizedScan(scan: scan, voxelSize: try givenVoxelSize(voxelSize) ?? scan.voxelSize)
    }
}

/// A scan with the voxel size that the user gave.
private struct SizedScan: ScanSource {
    let scan: StoredScan
    let voxelSize: VoxelSize?

    var shape: Shape { scan.shape }

    func floats(in region: Region) throws -> Volume<Float> { try scan.floats(in: region) }
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
    let corner_error_um: Double?
    let blur_um: Double
    let peak_ratio: Double
    let model: String
    let mirrored: Bool
    let seconds: Double

    init(_ found: RegistrationResult, seconds: Double) {
        func list(_ vector: SIMD3<Double>) -> [Double] { (0..<3).map { vector[$0] } }
        // Where no block of the overlap could be fitted there is no residual, and JSON has no infinity.
        func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
        matrix = found.transform
        rotation_degrees = list(found.transform.rotationInDegrees)
        // A mirror image is told apart, as in the catalog.
        scale = abs(found.transform.scale)
        translation_um = list(found.transform.translation)
        confidence = found.confidence
        accepted = found.accepted
        reason = found.reason
        overlap_fraction = found.overlapFraction
        correlation = found.correlation
        residual_um = Residual(
            median: finite(found.residualInMicrometres.median),
            p95: finite(found.residualInMicrometres.p95))
        corner_error_um = finite(found.cornerErrorInMicrometres)
        blur_um = found.blurInMicrometres
        peak_ratio = found.peakRatio
        model = found.model.rawValue
        mirrored = found.isMirrored
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
        try container.encode(corner_error_um, forKey: .corner_error_um)
        try container.encode(blur_um, forKey: .blur_um)
        try container.encode(peak_ratio, forKey: .peak_ratio)
        try container.encode(model, forKey: .model)
        try container.encode(mirrored, forKey: .mirrored)
        try container.encode(seconds, forKey: .seconds)
    }

    private enum CodingKeys: String, CodingKey {
        case matrix, rotation_degrees, scale, translation_um, confidence, accepted, reason
        case overlap_fraction, correlation, residual_um, corner_error_um, blur_um, peak_ratio
        case model, mirrored, seconds
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
            error at the corners   95 % below \(corner_error_um.map(number) ?? "unknown") um (\(model))
            blur of LOW            \(number(blur_um)) um
            seconds                \(number(seconds))
            """
    }
}
