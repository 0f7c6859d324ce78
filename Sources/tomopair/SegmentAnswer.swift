import Foundation
import Segmentation

/// The answer of `tomopair segment`; the keys are a contract with scripts.
struct SegmentAnswer: Encodable {
    let thresholds: [Double]
    let raw_threshold: Double?
    let separability: Double?
    let porosity: Double
    /// None where pores are not told apart.
    let pores: Int?
    let voxels: Int
    let phases: PhaseShares?
    let correction: Correction?
    let flooded_voxels: Int?
    let removed: CleanUp.Removed?
    var plug: Plug?

    /// How far corrections went.
    struct Correction: Encodable {
        let largest_drift: Double?
        let largest_cupping: Double?
        let clamped_voxels: Int
    }

    var text: String {
        var lines = [
            "threshold     \(thresholds.map { "\($0)" }.joined(separator: ", ")) "
                + "(without denoising \(raw_threshold.map { "\($0)" } ?? "none"))",
            "separability  \(separability.map { String(format: "%.3f", $0) } ?? "unknown")",
            "porosity      \(String(format: "%.6f", porosity))",
            "voxels        \(voxels)",
        ]
        if let pores { lines.insert("pores         \(pores)", at: 3) }
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
        if let plug {
            lines.append(
                String(
                    format: "plug: axis at y %.2f, x %.2f, radius %.2f voxels", plug.centreY,
                    plug.centreX, plug.radius))
            if !plug.isAlone {
                lines.append(
                    String(
                        format:
                            "%.1f %% of what lies beside it is solid: is there another plug, or a holder?",
                        plug.solidOutside * 100))
            }
        }
        return lines.joined(separator: "\n")
    }
}

extension SegmentAnswer {
    /// What a segmentation came to, and the plug that it was made in.
    init(_ result: PoreSegmentation, plug: Plug?) {
        self.init(
            thresholds: result.thresholds, raw_threshold: result.rawThreshold,
            separability: result.contrast?.separability, porosity: result.porosity,
            pores: result.poreCount, voxels: result.voxelCount,
            phases: result.phases.map(PhaseShares.init),
            correction: result.correction.map {
                Correction(
                    largest_drift: $0.drift?.largestShift,
                    largest_cupping: $0.cupping?.largestShift,
                    clamped_voxels: result.clampedVoxels)
            },
            flooded_voxels: result.flood?.floodedVoxels, removed: result.removed, plug: plug)
    }
}
