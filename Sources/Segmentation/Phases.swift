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
    // One call a type, so that the kernels below are compiled for each.
    func part<Element: GreyElement>(_ type: Element.Type) throws(SegmentationError) -> Phases {
        try phases(
            of: scan.volume(as: type, voxelSize: voxelSize), within: fieldOfView,
            settings: settings)
    }
    switch scan.elementType {
    case .uint8: return try part(UInt8.self)
    case .int8: return try part(Int8.self)
    case .uint16: return try part(UInt16.self)
    case .int16: return try part(Int16.self)
    case .uint32: return try part(UInt32.self)
    case .int32: return try part(Int32.self)
    case .uint64: return try part(UInt64.self)
    case .int64: return try part(Int64.self)
    case .float16: return try part(Float16.self)
    case .float32: return try part(Float.self)
    case .float64: return try part(Double.self)
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
    let rawLevel = otsuThreshold(counts: rawHistogram.counts)
    let rawThreshold = rawLevel.map { raw.greatestValue(upToBin: $0, of: rawHistogram) }

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

    let threshold: Double
    var several: PhaseThresholds?
    switch settings.threshold {
    case .otsu:
        guard let level = otsuThreshold(counts: histogram.counts) else {
            throw .constant(histogram.origin)
        }
        threshold = values.greatestValue(upToBin: level, of: histogram)
    case .fixed(let value):
        guard value.isFinite else { throw .thresholdNotFinite }
        threshold = value
    case .phases(let given):
        try given.check(settings.porePhase)
        (threshold, several) = (given.pore, given)
    case .otsuPhases(let names):
        guard let levels = multiOtsuThresholds(counts: histogram.counts, classes: names.count)
        else { throw .fewerLevelsThanPhases(names.count) }
        let found = names.thresholds(
            levels.map { values.greatestValue(upToBin: $0, of: histogram) },
            porePhase: settings.porePhase)
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

extension GreyValues {
    /// True in view where the phase at or below the threshold, or the one above it, is pore.
    fileprivate func mask(
        above threshold: Double, is porePhase: SegmentationSettings.PorePhase
    ) -> Mask {
        let shape = volume.shape
        let poreIsAbove = porePhase == .brighter
        var mask = Mask(shape: shape, voxelSize: volume.voxelSize, repeating: false)
        mask.forEachSliceConcurrently { z, slice in
            volume.withVoxels { voxels in
                for y in 0..<shape.height {
                    let columns = fieldOfView.columns(z: z, y: y, in: shape)
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    for x in columns {
                        slice[y * shape.width + x] = (row[x].doubleValue > threshold) == poreIsAbove
                    }
                }
            }
        }
        return mask
    }
}
