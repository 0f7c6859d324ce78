import ArgumentParser
import Foundation
import Segmentation
import Volumes

struct Segment: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Parts a scan into pores and solid, and pores from each other.",
        discussion: """
            Writes MASK (1 in pores, 0 elsewhere) in the format its name says, and with --labels the \
            numbered pores. Grey values are corrected, denoised and parted at a threshold, in that order; \
            then the mask is cleaned up.
            """)

    @Argument(help: "The scan.") var volume: String
    @Argument(help: "The mask to write: .tif, .h5, .mhd, .nrrd, .npy.") var mask: String
    @Option(help: "Where to write the numbered pores.") var labels: String?
    @Option(help: "Where to write the phases: 1 pore, 2 micro-porous, 3 solid, 4 dense.")
    var phases: String?
    @Option(
        help: ArgumentHelp(
            "A grey value between the phases instead of Otsu's.", valueName: "grey"))
    var threshold: Double?
    @Option(help: "What is done against noise first.") var denoise: Denoising = .median
    @Flag(help: "Take out the drift of grey values from slice to slice first.")
    var correctDrift = false
    @Option(
        help: ArgumentHelp(
            "Take out cupping first, as a polynomial of this degree (2 or 4).", valueName: "degree")
    )
    var correctCupping: Int?
    @Flag(help: "Put boundaries where grey values change most, between sure pore and sure solid.")
    var edges = false
    @Option(
        help: ArgumentHelp("Fill solid in pores of fewer voxels than this.", valueName: "voxels"))
    var fillHoles: Int = 0
    @Option(
        help: ArgumentHelp("Take out pores of fewer voxels than this.", valueName: "voxels"))
    var removeIslands: Int = 0
    @Flag(help: "There is micro-porous rock, between pore and solid.") var microporous = false
    @Flag(help: "There is a dense phase beside the solid.") var dense = false
    @Option(
        help: "What parts pores: prominence, snow, or porespy for that program's own regions.")
    var partition: SegmentationSettings.PoreRule = .prominence
    @Flag(help: "The pores are the brighter phase.") var brightPores = false
    @Flag(help: "Replace files that are there.") var overwrite = false
    @Flag(help: "Print the result as JSON.") var json = false

    enum Denoising: String, CaseIterable, ExpressibleByArgument {
        case median, none, nonlocal, diffusion

        var settings: SegmentationSettings.Denoising {
            switch self {
            case .median: .median3
            case .none: .none
            case .nonlocal: .nonLocalMeans(NonLocalMeans())
            case .diffusion: .anisotropicDiffusion(AnisotropicDiffusion())
            }
        }
    }

    func validate() throws {
        let tellsPhases = microporous || dense
        guard threshold == nil || !tellsPhases else {
            throw ValidationError(
                "--threshold parts two phases; --microporous and --dense ask Otsu.")
        }
        guard phases == nil || tellsPhases else {
            throw ValidationError("--phases goes with --microporous or --dense.")
        }
        guard correctCupping.map({ [2, 4].contains($0) }) ?? true else {
            throw ValidationError("--correct-cupping takes 2 or 4.")
        }
        guard fillHoles >= 0, removeIslands >= 0 else {
            throw ValidationError("--fill-holes and --remove-islands take numbers of voxels.")
        }
    }

    private var settings: SegmentationSettings {
        let threshold: SegmentationSettings.Threshold =
            microporous || dense
            ? .otsuPhases(PhaseNames(hasMicroporous: microporous, hasDense: dense))
            : threshold.map { .fixed($0) } ?? .otsu
        return SegmentationSettings(
            denoising: denoise.settings, threshold: threshold,
            porePhase: brightPores ? .brighter : .darker,
            cleanUp: fillHoles > 0 || removeIslands > 0
                ? CleanUp(holesBelowVoxels: fillHoles, islandsBelowVoxels: removeIslands) : nil,
            corrections: correctDrift || correctCupping != nil
                ? CorrectionSettings(
                    sliceDrift: correctDrift, cuppingDegree: correctCupping ?? 0) : nil,
            watershed: edges ? GradientWatershed() : nil,
            poreRule: partition == .prominence ? nil : partition)
    }

    func run() throws {
        try reportingErrors {
            let (slab, size) = try readScan(volume, voxelSize: nil)
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
            if let phases, let found = result.phases {
                try writeScan(
                    RawSlab(found.volume), voxelSize: size, to: phases, overwrite: overwrite)
            }
            let answer = SegmentAnswer(result)
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
    let phases: PhaseShares?
    let correction: Correction?
    let flooded_voxels: Int?
    let removed: CleanUp.Removed?

    /// How far corrections went.
    struct Correction: Encodable {
        let largest_drift: Double?
        let largest_cupping: Double?
        let clamped_voxels: Int
    }

    init(_ result: PoreSegmentation) {
        thresholds = result.thresholds
        raw_threshold = result.rawThreshold
        separability = result.contrast?.separability
        porosity = result.porosity
        pores = result.poreCount
        voxels = result.voxelCount
        phases = result.phases.map(PhaseShares.init)
        correction = result.correction.map {
            Correction(
                largest_drift: $0.drift?.largestShift, largest_cupping: $0.cupping?.largestShift,
                clamped_voxels: result.clampedVoxels)
        }
        flooded_voxels = result.flood?.floodedVoxels
        removed = result.removed
    }

    var text: String {
        var lines = [
            "threshold     \(thresholds.map { "\($0)" }.joined(separator: ", ")) "
                + "(without denoising \(raw_threshold.map { "\($0)" } ?? "none"))",
            "separability  \(separability.map { String(format: "%.3f", $0) } ?? "unknown")",
            "porosity      \(String(format: "%.6f", porosity))",
            "pores         \(pores)",
            "voxels        \(voxels)",
        ]
        if let phases {
            for (name, share) in [
                ("pore", phases.pore), ("micro-porous", phases.microporous),
                ("solid", phases.solid), ("dense", phases.dense),
            ] {
                if let share { lines.append("\(name): \(String(format: "%.6f", share))") }
            }
            lines.append(
                "porosity with micropores: \(String(format: "%.6f", phases.porosityWithMicropores))"
            )
        }
        if let correction {
            lines.append(
                "corrected by at most "
                    + [
                        correction.largest_drift.map { "\($0) for drift" },
                        correction.largest_cupping.map { "\($0) for cupping" },
                    ].compactMap(\.self).joined(separator: ", ") + "; "
                    + "\(correction.clamped_voxels) voxels reached the end of their format")
        }
        if let flooded_voxels {
            lines.append("settled by edges: \(flooded_voxels) voxels")
        }
        if let removed {
            lines.append(
                "cleaned up: \(removed.holes) holes (\(removed.holeVoxels) voxels), "
                    + "\(removed.islands) islands (\(removed.islandVoxels) voxels)")
        }
        return lines.joined(separator: "\n")
    }
}
