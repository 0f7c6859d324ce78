public import Volumes

/// Which flaws of a scan are taken out before anything else.
public struct CorrectionSettings: Codable, Sendable, Hashable {
    /// Whether every slice is taken to the levels of the scan; see ``SliceDrift``.
    public let sliceDrift: Bool
    /// The highest power of the distance from the axis, 2 or 4, in a correction of
    /// ``RadialCupping``; 0 for none.
    public let cuppingDegree: Int

    /// Corrections.
    public init(sliceDrift: Bool = false, cuppingDegree: Int = 0) {
        self.sliceDrift = sliceDrift
        self.cuppingDegree = cuppingDegree
    }

    /// Reads what is given; a correction left out is not made.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            sliceDrift: try container.decodeIfPresent(Bool.self, forKey: .sliceDrift) ?? false,
            cuppingDegree: try container.decodeIfPresent(Int.self, forKey: .cuppingDegree) ?? 0)
    }

    private enum CodingKeys: String, CodingKey {
        case sliceDrift = "slice_drift"
        case cuppingDegree = "cupping_degree"
    }
}

/// What is taken out of a scan's grey values: first the drift of its slices, then its cupping.
public struct GreyCorrection: Codable, Sendable, Hashable {
    /// The drift; `nil` for none.
    public let drift: SliceDrift?
    /// The cupping of the scan without the drift; `nil` for none.
    public let cupping: RadialCupping?

    /// A correction of both, of one, or of nothing.
    public init(drift: SliceDrift? = nil, cupping: RadialCupping? = nil) {
        self.drift = drift
        self.cupping = cupping
    }

    /// Finds what has to be taken out of a scan in memory.
    ///
    /// A scan that is not is given to a ``DriftSurvey`` slab by slab, then to a ``CuppingSurvey``
    /// that knows the drift; for both corrections to a second ``DriftSurvey``, which refines the
    /// first, and again to a ``CuppingSurvey``.
    ///
    /// - Throws: ``SegmentationError`` if the phases cannot be told in most slices or rings, or if
    ///   voxels in view are not finite.
    public init(
        of scan: RawSlab, within fieldOfView: FieldOfView = .all, settings: CorrectionSettings
    ) throws(SegmentationError) {
        guard [0, 2, 4].contains(settings.cuppingDegree) else {
            throw .cuppingDegree(settings.cuppingDegree)
        }
        let statistics = VoxelStatistics(of: scan)
        guard let window = statistics.robustWindow else {
            throw .constant(statistics.minimum ?? .nan)
        }
        var drift: SliceDrift?
        if settings.sliceDrift {
            var survey = try DriftSurvey(of: scan.shape, within: fieldOfView, window: window)
            try survey.add(scan)
            drift = try survey.drift()
        }
        guard settings.cuppingDegree > 0 else {
            self.init(drift: drift)
            return
        }
        func cupping(without drift: SliceDrift?) throws(SegmentationError) -> RadialCupping {
            var survey = try CuppingSurvey(
                of: scan.shape, within: fieldOfView, window: window, drift: drift)
            try survey.add(scan)
            return try survey.cupping(degree: settings.cuppingDegree)
        }
        var found = GreyCorrection(drift: drift, cupping: try cupping(without: drift))
        if drift != nil {
            var survey = try DriftSurvey(
                of: scan.shape, within: fieldOfView, window: window, refining: found)
            try survey.add(scan)
            let refined = try survey.drift()
            found = GreyCorrection(drift: refined, cupping: try cupping(without: refined))
        }
        self = found
    }

    /// Corrects consecutive slices of the scan, in their own number format.
    ///
    /// - Parameters:
    ///   - slab: The slices.
    ///   - first: Which slice of the scan the first of them is.
    ///   - fieldOfView: Voxels outside it stay as they are.
    /// - Returns: The corrected slices, whole numbers rounded; and how many voxels went to the end
    ///   of what their number format holds.
    /// - Complexity: Linear in voxels, on all cores; a second slab.
    public func apply(
        to slab: RawSlab, firstSlice first: Int = 0, within fieldOfView: FieldOfView = .all
    ) -> (slab: RawSlab, clampedVoxels: Int) {
        if drift == nil && cupping == nil { return (slab, 0) }
        let correction = SlabCorrection(
            slab: slab, first: first, fieldOfView: fieldOfView, correction: self)
        return slab.elementType.visit(correction)
    }
}

/// An affine change of grey values.
struct AffineGreys: Sendable {
    private let factor: Double
    private let offset: Double

    /// What takes slice `z` to the levels of the scan.
    init(_ drift: SliceDrift?, z: Int) {
        let same = PhaseLevels(darker: 0, brighter: 1)
        self.init(from: drift?.levels[z] ?? same, to: drift?.reference ?? same)
    }

    /// What takes one pair of levels to another.
    init(from levels: PhaseLevels, to reference: PhaseLevels) {
        factor = reference.contrast / levels.contrast
        offset = reference.darker - levels.darker * factor
    }

    /// The levels that this takes to `levels`.
    func inverse(_ levels: PhaseLevels) -> PhaseLevels {
        PhaseLevels(
            darker: (levels.darker - offset) / factor, brighter: (levels.brighter - offset) / factor
        )
    }

    @inline(__always)
    func callAsFunction(_ value: Double) -> Double { value * factor + offset }
}

/// A slab of a type that is known only when the program runs, on its way.
private struct SlabCorrection: ElementTypeVisitor {
    let slab: RawSlab
    let first: Int
    let fieldOfView: FieldOfView
    let correction: GreyCorrection

    /// Steps of the squared distance from the axis, between which the change is linear: less than a
    /// thousandth of a grey level away from the polynomial.
    private static let steps = 4096

    func visit<Element: VoxelElement>(_ type: Element.Type) -> (slab: RawSlab, clampedVoxels: Int) {
        let shape = slab.shape
        let ends = Element.elementType.range
        let lines =
            correction.cupping.map { cupping in
                (0...(Self.steps + 1)).map {
                    AffineGreys(
                        from: cupping.levels(atSquare: Double($0) / Double(Self.steps)),
                        to: cupping.reference)
                }
            } ?? []
        let slices = concurrentMap(count: shape.depth) { z in
            var clamped = 0
            var corrected: [Element] = []
            corrected.reserveCapacity(shape.sliceCount)
            let line = AffineGreys(correction.drift, z: first + z)
            slab.withVoxels(as: type) { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    let columns = fieldOfView.columns(z: first + z, y: y, in: shape)
                    for x in 0..<columns.lowerBound { corrected.append(row[x]) }
                    for x in columns {
                        var value = line(row[x].doubleValue)
                        if let cupping = correction.cupping {
                            let dy = Double(y) + 0.5 - cupping.centreY
                            let dx = Double(x) + 0.5 - cupping.centreX
                            let u = (dy * dy + dx * dx) / (cupping.radius * cupping.radius)
                            let step = min(u, 1) * Double(Self.steps)
                            let index = Int(step)
                            let (low, high) = (lines[index](value), lines[index + 1](value))
                            value = low + (step - Double(index)) * (high - low)
                        }
                        if let ends, !ends.contains(value.rounded()) { clamped += 1 }
                        corrected.append(Element(nearest: value))
                    }
                    for x in columns.upperBound..<shape.width { corrected.append(row[x]) }
                }
            }
            return (RawSlab(Volume(shape: shape.withDepth(1), voxels: corrected)).bytes, clamped)
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(slab.bytes.count)
        var clamped = 0
        for slice in slices {
            bytes += slice.0
            clamped += slice.1
        }
        return (
            RawSlab(elementType: slab.elementType, shape: shape, bytes: bytes), clamped
        )
    }
}
