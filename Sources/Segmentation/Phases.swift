import Volumes

/// A scan parted at a grey value.
struct Phases: Sendable {
    /// True in pore space.
    let mask: Mask
    /// The grey values of the denoised scan, from the pores on.
    let thresholds: [Double]
    /// The phases, if there may be more than two.
    let labels: PhaseSegmentation?
    /// Otsu's threshold before denoising, if there is one.
    let rawThreshold: Double?
    /// How well the classes part, if neither is empty.
    let contrast: PhaseContrast?
    /// What the watershed of the gradient did, if there was one.
    let flood: GradientWatershed.Report?
    /// What the clean-up took out, if there was one.
    let removed: CleanUp.Removed?
    /// Voxels in view.
    let voxelCount: Int
}

/// Denoises and thresholds a scan in the number format it is stored in.
func phases(
    of scan: RawSlab, _ voxelSize: VoxelSize?, within fieldOfView: FieldOfView,
    settings: SegmentationSettings
) throws(SegmentationError) -> Phases {
    try scan.elementType.visit(
        grey: ScanParting(
            scan: scan, voxelSize: voxelSize, fieldOfView: fieldOfView, settings: settings)
    ).get()
}

/// Parts a scan of a type that is known when the program runs.
private struct ScanParting: GreyElementVisitor {
    let scan: RawSlab
    let voxelSize: VoxelSize?
    let fieldOfView: FieldOfView
    let settings: SegmentationSettings

    func visit<Element: GreyElement>(_ type: Element.Type) -> Result<Phases, SegmentationError> {
        Result { () throws(SegmentationError) in
            try phases(
                of: scan.volume(as: type, voxelSize: voxelSize), within: fieldOfView,
                settings: settings)
        }
    }
}

private func phases<Element: GreyElement>(
    of scan: Volume<Element>, within fieldOfView: FieldOfView, settings: SegmentationSettings
) throws(SegmentationError) -> Phases {
    let raw = GreyValues(volume: scan, fieldOfView: fieldOfView)
    guard let rawRange = try raw.range() else {
        throw .fieldOfViewOutside(fieldOfView, scan.shape)
    }
    let rawHistogram = try raw.histogram(over: rawRange)
    let rawThreshold =
        raw.rangeWithoutOutliers(rawHistogram) == nil ? rawHistogram.otsuThreshold : nil

    let values: GreyValues<Element>
    let histogram: GreyHistogram
    switch settings.denoising {
    case .none:
        (values, histogram) = (raw, rawHistogram)
    case .median3, .nonLocalMeans, .anisotropicDiffusion:
        let repaired = replacingNonFinite(in: scan, by: rawRange.lowerBound)
        values = GreyValues(
            volume: denoised(repaired, by: settings.denoising, within: fieldOfView),
            fieldOfView: fieldOfView)
        // Beyond the edge of view the filter may have met values outside the range.
        guard let range = try values.range() else {
            throw .fieldOfViewOutside(fieldOfView, scan.shape)
        }
        histogram = try values.histogram(over: range)
    }

    if settings.threshold.isFound, let most = values.rangeWithoutOutliers(histogram) {
        throw .outliers(of: histogram.origin...histogram.upperBound, most: most)
    }
    let threshold: Double
    var several: PhaseThresholds?
    switch settings.threshold {
    case .otsu:
        guard let otsu = histogram.otsuThreshold else { throw .constant(histogram.origin) }
        threshold = otsu
    case .fixed(let value):
        guard value.isFinite else { throw .thresholdNotFinite }
        threshold = value
    case .phases(let given):
        try given.check(settings.porePhase)
        (threshold, several) = (given.pore, given)
    case .otsuPhases(let names):
        guard let greys = histogram.multiOtsuThresholds(classes: names.count) else {
            throw .fewerLevelsThanPhases(names.count)
        }
        let found = names.thresholds(greys, porePhase: settings.porePhase)
        (threshold, several) = (found.pore, found)
    }
    var mask: Mask
    var flood: GradientWatershed.Report?
    if let watershed = settings.watershed {
        let limits = try watershed.limits(histogram, threshold: threshold)
        (mask, flood) = try values.flooded(
            from: limits, histogram, poreIsDarker: settings.porePhase == .darker)
    } else {
        mask = values.mask(above: threshold, is: settings.porePhase)
    }
    let removed = try settings.cleanUp?(&mask, within: fieldOfView)
    var thresholds = [threshold]
    var labels: PhaseSegmentation?
    if let several {
        thresholds = several.inOrder
        labels = try values.phases(
            several, pore: mask, histogram, poreIsDarker: settings.porePhase == .darker)
    }
    return Phases(
        mask: mask, thresholds: thresholds, labels: labels, rawThreshold: rawThreshold,
        contrast: PhaseContrast(histogram, lowerClassUpTo: threshold), flood: flood,
        removed: removed,
        voxelCount: histogram.counts.reduce(0, +))
}

/// The scan with NaN and infinities, which lie outside the field of view, replaced.
private func replacingNonFinite<Element: GreyElement>(
    in scan: Volume<Element>, by value: Element
) -> Volume<Element> {
    guard Element.elementType.isFloatingPoint else { return scan }
    var repaired = scan
    let sliceCount = scan.shape.sliceCount
    repaired.forEachSliceConcurrently { _, slice in
        for place in 0..<sliceCount where !slice[place].doubleValue.isFinite {
            slice[place] = value
        }
    }
    return repaired
}
