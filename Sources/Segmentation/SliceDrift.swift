public import Volumes

/// How the grey values of a scan wander from slice to slice.
///
/// Each slice has the levels of its two phases; an affine change takes them to the scan's. True
/// changes of porosity stay, as a level is where one phase's grey values crowd and no quantile of
/// the slice. What the correction does take away is a true change of a phase's own level: slices
/// richer in a bright mineral, or with pores so small that most of their voxels are crossed by a
/// surface.
public struct SliceDrift: Codable, Sendable, Hashable {
    /// The levels of every slice.
    public let levels: [PhaseLevels]
    /// The levels that every slice is taken to: the medians over the slices.
    public let reference: PhaseLevels
    /// The slices in which two phases could not be told; their levels lie on a line between those
    /// of their nearest neighbours.
    public let interpolatedSlices: [Int]

    /// The greatest change of a level, over the contrast of the phases.
    public var largestShift: Double {
        levels.reduce(0) {
            max(
                $0, abs($1.darker - reference.darker) / reference.contrast,
                abs($1.brighter - reference.brighter) / reference.contrast)
        }
    }

    /// The drift of slices that are each right, but for those that tell nothing.
    ///
    /// - Throws: ``SegmentationError/driftUnknown(known:slices:)`` if less than half of the slices
    ///   tell their levels.
    init(_ found: [PhaseLevels?]) throws(SegmentationError) {
        let known = found.indices.filter { found[$0] != nil }
        guard 2 * known.count >= found.count, !known.isEmpty else {
            throw .driftUnknown(known: known.count, slices: found.count)
        }
        var levels: [PhaseLevels] = []
        for z in found.indices {
            if let level = found[z] {
                levels.append(level)
                continue
            }
            let before = known.last { $0 < z } ?? known[0]
            let after = known.first { $0 > z } ?? known[known.count - 1]
            guard let a = found[before], let b = found[after] else {
                preconditionFailure("known slices have levels")
            }
            let share = before < z && z < after ? Double(z - before) / Double(after - before) : 0
            let nearest = before < z ? a : b
            levels.append(
                share == 0
                    ? nearest
                    : PhaseLevels(
                        darker: a.darker + share * (b.darker - a.darker),
                        brighter: a.brighter + share * (b.brighter - a.brighter)))
        }
        self.levels = levels
        interpolatedSlices = found.indices.filter { found[$0] == nil }
        reference = PhaseLevels(
            darker: median(known.compactMap { found[$0]?.darker }),
            brighter: median(known.compactMap { found[$0]?.brighter }))
    }

    private enum CodingKeys: String, CodingKey {
        case levels, reference
        case interpolatedSlices = "interpolated_slices"
    }
}

/// Finds a ``SliceDrift`` in one pass over a scan, slab by slab.
///
/// The fewer pores a slice crosses, the less sure are its levels: in slices of 150x156 voxels with
/// pores of 6 to 12 voxels, an undisturbed scan's mask changed in up to 0.2 % of its voxels, in
/// slices of 72x76 in up to 0.8 %.
///
/// - Complexity: Linear in voxels; 32 KiB and three slices a core.
public struct DriftSurvey: Sendable {
    private let fieldOfView: FieldOfView
    private let shape: Shape
    private let window: ClosedRange<Double>
    private let known: GreyCorrection?
    private var levels: [PhaseLevels?] = []

    /// Nothing seen yet.
    ///
    /// - Parameters:
    ///   - shape: The whole scan.
    ///   - fieldOfView: Which voxels belong to the sample.
    ///   - window: Most grey values of the scan, as ``VoxelStatistics/robustWindow``; it is widened
    ///     by a quarter at both ends.
    ///   - known: A correction that was found before, to be refined: where a scan drifts and is
    ///     cupped, the drift shows clearly only without the cupping.
    public init(
        of shape: Shape, within fieldOfView: FieldOfView, window: ClosedRange<Double>,
        refining known: GreyCorrection? = nil
    ) throws(SegmentationError) {
        guard fieldOfView.bounds(in: shape) != nil else {
            throw .fieldOfViewOutside(fieldOfView, shape)
        }
        self.shape = shape
        self.fieldOfView = fieldOfView
        self.window = window.widened(by: 0.25)
        self.known = known
    }

    /// Takes in the slices that follow those seen so far.
    ///
    /// - Throws: ``SegmentationError/notFinite(count:)``.
    public mutating func add(_ slab: RawSlab) throws(SegmentationError) {
        precondition(
            slab.shape.sliceCount == shape.sliceCount
                && levels.count + slab.shape.depth <= shape.depth, "a slab is part of its scan")
        levels += try slab.smoothSlices(
            0..<slab.shape.depth, from: levels.count, within: fieldOfView,
            SliceLevels(
                bins: GreyBins(over: window, of: slab.elementType), fieldOfView: fieldOfView,
                known: known))
    }

    /// The drift, once all slices were added.
    ///
    /// - Throws: ``SegmentationError/driftUnknown(known:slices:)`` if less than half of the slices
    ///   in view show two phases.
    public func drift() throws(SegmentationError) -> SliceDrift {
        precondition(levels.count == shape.depth, "the whole scan was added")
        guard let bounds = fieldOfView.bounds(in: shape) else {
            throw .fieldOfViewOutside(fieldOfView, shape)
        }
        let inView = try SliceDrift(GreyBins.apart(Array(levels[bounds.slices])))
        if bounds.slices.count == shape.depth { return inView }
        // Slices out of view are left as they are.
        return SliceDrift(inView, at: bounds.z, of: shape.depth)
    }
}

extension SliceDrift {
    /// The drift of some slices, in a scan whose others do not drift.
    fileprivate init(_ drift: SliceDrift, at first: Int, of depth: Int) {
        reference = drift.reference
        var levels = [PhaseLevels](repeating: drift.reference, count: depth)
        for z in drift.levels.indices { levels[first + z] = drift.levels[z] }
        self.levels = levels
        interpolatedSlices = drift.interpolatedSlices.map { first + $0 }
    }
}

/// Counts the grey values of one slice and tells the levels of its phases.
private struct SliceLevels: SliceVisitor {
    let bins: GreyBins
    let fieldOfView: FieldOfView
    let known: GreyCorrection?

    func visit<Element: GreyElement>(_ slice: Volume<Element>, z: Int) -> PhaseLevels? {
        var counts = [Int](repeating: 0, count: bins.count)
        let line = AffineGreys(known?.drift, z: z)
        slice.withVoxels { voxels in
            for y in 0..<slice.shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: slice.shape)
                let start = y * slice.shape.width
                let row = voxels.extracting(start..<(start + slice.shape.width))
                for x in columns {
                    var value = line(row[x].doubleValue)
                    if let cupping = known?.cupping { value = cupping.flattened(value, y, x) }
                    counts[bins.bin(of: value)] += 1
                }
            }
        }
        // Levels are told in the grey values of the scan as it is.
        return bins.levels(of: counts).map { line.inverse($0) }
    }
}

extension ClosedRange<Double> {
    /// The range, longer by a part of its length at both ends.
    func widened(by part: Double) -> ClosedRange<Double> {
        let margin = part * (upperBound - lowerBound)
        return (lowerBound - margin)...(upperBound + margin)
    }
}
