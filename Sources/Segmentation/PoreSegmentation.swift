import PoreNetwork
public import Volumes

/// The pore space of a scan and its pores.
public struct PoreSegmentation: Sendable {
    /// True in pore space, false in solid and outside the field of view.
    public let mask: Mask
    /// The pores, numbered 1...``poreCount`` by their first voxels in storage order; 0 elsewhere.
    public let labels: Volume<UInt32>
    /// The grey values that part the phases, from the pores on, one for two phases: a voxel of the
    /// denoised scan above it is of the brighter phase, but for what the watershed of the gradient
    /// and the clean-up moved.
    public let thresholds: [Double]
    /// Otsu's threshold of the voxels in view before denoising and after any correction, to compare
    /// with other programs; `nil` if they have one grey value only.
    public let rawThreshold: Double?
    /// How well the threshold parts the denoised grey values; `nil` if it leaves one class empty.
    public let contrast: PhaseContrast?
    /// What was taken out of the grey values first; `nil` if the settings ask for no correction.
    public let correction: GreyCorrection?
    /// Voxels that the correction would have taken beyond what their number format holds.
    public let clampedVoxels: Int
    /// What the watershed of the gradient did; `nil` if the settings ask for none.
    public let flood: GradientWatershed.Report?
    /// What the clean-up took out; `nil` if the settings ask for none.
    public let removed: CleanUp.Removed?
    /// The phases; `nil` unless the settings part more than two.
    public let phases: PhaseSegmentation?
    /// Pores found.
    public let poreCount: Int
    /// Voxels of pore space.
    public let poreVoxelCount: Int
    /// Voxels inside the field of view.
    public let voxelCount: Int

    /// Pore voxels over voxels in view, 0...1.
    public var porosity: Double { Double(poreVoxelCount) / Double(voxelCount) }
}

/// Parts a scan into pores and solid: correct, denoise, threshold, clean up, then a watershed of
/// the distance to solid.
///
/// Grey values keep their depth. Whole numbers have a histogram bin for every level where they span
/// up to 65,536 levels, other formats 65,536 equal bins. Voxels outside the field of view are neither
/// pore nor solid: they count for nothing and bound no distance; the median filter alone looks at
/// them, and takes a NaN or infinity there as the least grey value in view. The result is the same
/// for any number of cores.
///
/// - Parameters:
///   - scan: The scan, of any number format.
///   - voxelSize: Carried into the results.
///   - fieldOfView: Which voxels belong to the sample.
///   - settings: What to do.
/// - Throws: ``SegmentationError`` if the field of view misses the scan, if voxels in view are not
///   finite, if Otsu's method meets one grey value only, or if a setting is out of range.
/// - Complexity: Linear in voxels. Beside the scan some 10 bytes a voxel at 20 % porosity, 14 if all is
///   pore, or three copies of the scan, whichever is more; a copy more if grey values are corrected,
///   a byte a voxel more if phases are told. A watershed of the gradient takes five bytes a voxel
///   beside the denoised scan, but not at the same time.
public func segment(
    _ scan: RawSlab, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all,
    settings: SegmentationSettings = SegmentationSettings()
) throws(SegmentationError) -> PoreSegmentation {
    let shape = scan.shape
    guard shape.count < UInt32.max else { throw .tooManyVoxels(shape.count) }
    guard fieldOfView.bounds(in: shape) != nil else {
        throw .fieldOfViewOutside(fieldOfView, shape)
    }
    let prominence = settings.prominenceInVoxels
    guard prominence.isFinite, prominence >= 0 else { throw .prominenceOutOfRange(prominence) }
    let correction = try settings.corrections.map { wanted throws(SegmentationError) in
        try GreyCorrection(of: scan, within: fieldOfView, settings: wanted)
    }
    let (corrected, clamped) =
        correction?.apply(to: scan, within: fieldOfView) ?? (scan, clampedVoxels: 0)
    let phases = try phases(of: corrected, voxelSize, within: fieldOfView, settings: settings)
    let labels = (settings.partition ?? .prominence).regions(
        of: phases.mask, within: fieldOfView, prominence: prominence)
    return PoreSegmentation(
        mask: phases.mask, labels: labels.volume, thresholds: phases.thresholds,
        rawThreshold: phases.rawThreshold, contrast: phases.contrast, correction: correction,
        clampedVoxels: clamped, flood: phases.flood,
        removed: phases.removed, phases: phases.labels,
        poreCount: labels.count,
        poreVoxelCount: phases.mask.withVoxels { mask in
            var count = 0
            for place in 0..<mask.count where mask[place] { count += 1 }
            return count
        },
        voxelCount: phases.voxelCount)
}
