import ArgumentParser
import Foundation
import Segmentation
import Volumes

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
