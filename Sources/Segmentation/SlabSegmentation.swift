public import Volumes

/// A scan parted into pores and solid slab by slab, in two passes, so that it need not fit into memory:
/// a histogram of the denoised grey values first, then the mask.
///
/// It makes the mask that ``segment(_:voxelSize:within:settings:)`` makes, voxel by voxel, for whole
/// numbers of up to 16 bits and settings without correction, watershed, phases and clean-up. Pores are
/// not told from each other.
public struct SlabSegmentation: Sendable {
    private let settings: SegmentationSettings
    private let fieldOfView: FieldOfView
    private let denoising: SegmentationSettings.Denoising
    private var raw: GreyHistogram
    private var denoised: GreyHistogram

    /// How many slices beyond a slab have a say in it.
    public var halo: Int { denoising.halo }

    /// Begins with a scan of some number format.
    ///
    /// - Parameters:
    ///   - noise: The standard deviation of the scan's noise, where the denoising asks for an estimate:
    ///     that of a ``NoiseEstimate`` of the whole scan.
    ///   - fieldOfView: Which voxels belong to the sample; it overlaps the scan.
    /// - Throws: ``SegmentationError/notBySlabs(_:)``, ``SegmentationError/thresholdNotFinite``.
    public init(
        _ elementType: ElementType, noise: Double? = nil, within fieldOfView: FieldOfView = .all,
        settings: SegmentationSettings
    ) throws(SegmentationError) {
        guard let histogram = GreyHistogram(levelsOf: elementType) else {
            throw .notBySlabs("voxels of \(elementType)")
        }
        if settings.corrections != nil { throw .notBySlabs("corrections") }
        if settings.watershed != nil { throw .notBySlabs("boundaries at edges") }
        if settings.cleanUp != nil { throw .notBySlabs("a clean-up") }
        switch settings.threshold {
        case .otsu: break
        case .fixed(let value): if !value.isFinite { throw .thresholdNotFinite }
        case .phases, .otsuPhases: throw .notBySlabs("more phases than two")
        }
        self.settings = settings
        self.fieldOfView = fieldOfView
        denoising = settings.denoising.whereEstimated(noise: noise ?? 0)
        (raw, denoised) = (histogram, histogram)
    }

    /// The first pass: takes the next slices of the scan.
    ///
    /// - Parameters:
    ///   - slab: The slices, with ``halo`` more on either side or up to the faces of the scan.
    ///   - kept: Which of the slab's slices are the next.
    ///   - firstSlice: Where these begin in the scan.
    public mutating func survey(_ slab: RawSlab, keeping kept: Range<Int>, firstSlice: Int) {
        raw.add(
            slab.denoised(by: .none, keeping: kept), firstSlice: firstSlice, within: fieldOfView)
        denoised.add(
            slab.denoised(by: denoising, keeping: kept), firstSlice: firstSlice,
            within: fieldOfView)
    }

    /// The grey value that parts the phases, after the first pass.
    ///
    /// - Throws: ``SegmentationError/constant(_:)``.
    public func threshold() throws(SegmentationError) -> Double {
        if case .fixed(let value) = settings.threshold { return value }
        guard let threshold = denoised.otsuThreshold else {
            throw .constant(denoised.value(ofBin: denoised.occupiedBins?.lowerBound ?? 0))
        }
        return threshold
    }

    /// Otsu's threshold before denoising; `nil` for one grey value only.
    public var rawThreshold: Double? { raw.otsuThreshold }

    /// How well a threshold parts the denoised grey values; `nil` if it leaves one class empty.
    public func contrast(at threshold: Double) -> PhaseContrast? {
        PhaseContrast(denoised, lowerClassUpTo: threshold)
    }

    /// Voxels in view.
    public var voxelCount: Int { denoised.voxelCount }

    /// The second pass: the mask of the next slices, true in pore space and false out of view.
    public func mask(
        _ slab: RawSlab, keeping kept: Range<Int>, firstSlice: Int, threshold: Double
    ) -> Mask {
        let slices = slab.denoised(by: denoising, keeping: kept)
        return slices.elementType.visit(
            grey: ThresholdMask(
                slab: slices, firstSlice: firstSlice, fieldOfView: fieldOfView,
                threshold: threshold, porePhase: settings.porePhase))
    }
}

/// Parts the voxels in view of a slab.
private struct ThresholdMask: GreyElementVisitor {
    let slab: RawSlab
    let firstSlice: Int
    let fieldOfView: FieldOfView
    let threshold: Double
    let porePhase: SegmentationSettings.PorePhase

    func visit<Element: GreyElement>(_ type: Element.Type) -> Mask {
        GreyValues(volume: slab.volume(as: type), fieldOfView: fieldOfView).mask(
            above: threshold, is: porePhase, firstSlice: firstSlice)
    }
}
