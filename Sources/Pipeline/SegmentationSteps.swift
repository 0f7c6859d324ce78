import Foundation
import Segmentation

/// What was done to a scan to part its pores, step by step, for people.
///
/// What was not done has no step, but for denoising, which most readers expect.
func segmentationSteps(
    _ settings: SegmentationSettings, _ output: SegmentOutput
) -> [String] {
    correctionSteps(settings, output.correction) + [
        denoisingStep(settings.denoising), thresholdStep(settings.threshold),
    ] + edgeSteps(output.flood) + cleaningSteps(settings.cleanUp, output.removed) + [
        partitionStep(settings)
    ]
}

private func correctionSteps(
    _ settings: SegmentationSettings, _ correction: GreyCorrection?
) -> [String] {
    var steps: [String] = []
    if let drift = correction?.drift {
        steps.append(
            "drift from slice to slice taken out, at most \(short(drift.largestShift)) grey values")
    }
    if let cupping = correction?.cupping {
        let degree = settings.corrections.map { " of degree \($0.cuppingDegree)" } ?? ""
        steps.append(
            "cupping\(degree) taken out, at most \(short(cupping.largestShift)) grey values")
    }
    return steps
}

private func denoisingStep(_ denoising: SegmentationSettings.Denoising) -> String {
    switch denoising {
    case .none: "not denoised"
    case .median3: "median of every voxel and its neighbours"
    case .nonLocalMeans(let means):
        "non-local means (patch \(means.patchRadius), search \(means.searchRadius), strength "
            + "\(short(means.strength)) of the noise)"
    case .anisotropicDiffusion(let diffusion):
        "anisotropic diffusion (\(diffusion.iterations) steps, edge \(short(diffusion.edge)) of the noise)"
    }
}

private func thresholdStep(_ threshold: SegmentationSettings.Threshold) -> String {
    switch threshold {
    case .otsu: "Otsu's threshold"
    case .fixed: "given threshold"
    case .phases(let thresholds):
        "given thresholds of \(phases(thresholds.microporous != nil, thresholds.dense != nil))"
    case .otsuPhases(let names):
        "Otsu's thresholds of \(phases(names.hasMicroporous, names.hasDense))"
    }
}

private func phases(_ hasMicroporous: Bool, _ hasDense: Bool) -> String {
    (["pore"] + (hasMicroporous ? ["micro-porous"] : []) + ["solid"] + (hasDense ? ["dense"] : []))
        .joined(separator: ", ")
}

private func edgeSteps(_ flood: GradientWatershed.Report?) -> [String] {
    flood.map {
        [
            "boundaries put at edges by a watershed of the gradient, which settled "
                + "\($0.floodedVoxels) voxels"
        ]
    } ?? []
}

private func cleaningSteps(_ settings: CleanUp?, _ removed: CleanUp.Removed?) -> [String] {
    guard let settings, let removed else { return [] }
    var steps: [String] = []
    if settings.holesBelowVoxels > 0 {
        steps.append(
            "holes below \(settings.holesBelowVoxels) voxels filled "
                + "(\(removed.holes), of \(removed.holeVoxels) voxels in all)")
    }
    if settings.islandsBelowVoxels > 0 {
        steps.append(
            "islands below \(settings.islandsBelowVoxels) voxels taken out "
                + "(\(removed.islands), of \(removed.islandVoxels) voxels in all)")
    }
    return steps
}

private func partitionStep(_ settings: SegmentationSettings) -> String {
    switch settings.partition ?? .prominence {
    case .prominence:
        "pores parted by a watershed of the distance to solid, from maxima that stand out by "
            + "\(short(settings.prominenceInVoxels)) voxel"
            + (settings.prominenceInVoxels == 1 ? "" : "s")
    case .snow: "pores parted by a watershed of the distance to solid, from SNOW's peaks"
    case .porespy: "pores parted as PoreSpy 2.4 parts them"
    }
}

/// Three digits, and no more than are there.
private func short(_ value: Double) -> String {
    String(format: "%.3g", value)
}
