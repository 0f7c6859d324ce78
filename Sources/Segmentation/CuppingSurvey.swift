public import Volumes

/// Finds a ``RadialCupping`` in one pass over a scan, slab by slab.
///
/// The axis is that of a cylindrical field of view, and otherwise the middle of the slices, about
/// which a scanner turns.
///
/// - Complexity: Linear in voxels; 3 MiB, and three slices a core.
public struct CuppingSurvey: Sendable {
    /// Rings of equal area between the axis and the farthest voxel in view.
    public static let ringCount = 32

    private let shape: Shape
    private let fieldOfView: FieldOfView
    private let window: ClosedRange<Double>
    private let drift: SliceDrift?
    private let axis: RadialAxis
    private var rings: RingCounts?
    private var bins: GreyBins?
    private var slicesSeen = 0

    /// Nothing seen yet.
    ///
    /// - Parameters:
    ///   - shape: The whole scan.
    ///   - fieldOfView: Which voxels belong to the sample.
    ///   - window: Most grey values of the scan, as ``VoxelStatistics/robustWindow``; it is widened
    ///     by a quarter at both ends.
    ///   - drift: A drift from slice to slice, taken back first.
    public init(
        of shape: Shape, within fieldOfView: FieldOfView, window: ClosedRange<Double>,
        drift: SliceDrift? = nil
    ) throws(SegmentationError) {
        guard let bounds = fieldOfView.bounds(in: shape) else {
            throw .fieldOfViewOutside(fieldOfView, shape)
        }
        self.shape = shape
        self.fieldOfView = fieldOfView
        self.window = window.widened(by: 0.25)
        self.drift = drift
        axis = RadialAxis(of: shape, within: fieldOfView, bounds: bounds)
    }

    /// Takes in the slices that follow those seen so far.
    ///
    /// - Throws: ``SegmentationError/notFinite(count:)``.
    public mutating func add(_ slab: RawSlab) throws(SegmentationError) {
        precondition(
            slab.shape.sliceCount == shape.sliceCount
                && slicesSeen + slab.shape.depth <= shape.depth, "a slab is part of its scan")
        let bins = self.bins ?? GreyBins(over: window, of: slab.elementType)
        self.bins = bins
        var all = rings ?? RingCounts(bins: bins.count)
        rings = nil
        // A few slices at a time, so that a tall slab needs no more memory than a low one.
        for start in stride(from: 0, to: slab.shape.depth, by: 8) {
            let counted = try slab.smoothSlices(
                start..<min(start + 8, slab.shape.depth), from: slicesSeen, within: fieldOfView,
                RingLevels(bins: bins, fieldOfView: fieldOfView, axis: axis, drift: drift))
            for counts in counted { all.add(counts) }
        }
        slicesSeen += slab.shape.depth
        rings = all
    }

    /// The cupping, once all slices were added.
    ///
    /// - Parameter degree: The highest power of the distance, 2 or 4.
    /// - Throws: ``SegmentationError/cuppingUnknown(known:rings:)`` if fewer than half of the rings
    ///   show two phases, or the fitted phases meet; ``SegmentationError/cuppingDegree(_:)``.
    public func cupping(degree: Int = 4) throws(SegmentationError) -> RadialCupping {
        guard degree == 2 || degree == 4 else { throw .cuppingDegree(degree) }
        precondition(slicesSeen == shape.depth, "the whole scan was added")
        guard let rings, let bins else { preconditionFailure("the scan has slices") }
        let counts = (0..<Self.ringCount).map { rings.counts(ofRing: $0) }
        let levels = GreyBins.apart(counts.map { bins.levels(of: $0) })
        let known = levels.indices.filter { levels[$0] != nil }
        let found = known.compactMap { levels[$0] }
        let places = known.map { (Double($0) + 0.5) / Double(Self.ringCount) }
        let weights = known.map { Double(counts[$0].reduce(0, +)) }
        let unknown = SegmentationError.cuppingUnknown(known: found.count, rings: Self.ringCount)
        let terms = places.map { degree == 2 ? [1, $0] : [1, $0, $0 * $0] }
        guard 2 * found.count >= Self.ringCount,
            let darker = robustLine(
                through: found.map(\.darker), terms: terms, weights: weights),
            let brighter = robustLine(
                through: found.map(\.brighter), terms: terms, weights: weights)
        else { throw unknown }
        let voxels = weights.reduce(0, +)
        func mean(_ coefficients: [Double]) -> Double {
            zip(places, weights).reduce(0) { $0 + $1.1 * polynomial(coefficients, $1.0) } / voxels
        }
        let cupping = RadialCupping(
            centreY: axis.centreY, centreX: axis.centreX, radius: axis.radius, darker: darker,
            brighter: brighter,
            reference: PhaseLevels(darker: mean(darker), brighter: mean(brighter)),
            unusedRings: Self.ringCount - found.count)
        let least = (0...64).map { cupping.levels(atSquare: Double($0) / 64).contrast }.min() ?? 0
        guard least > cupping.reference.contrast / 4 else { throw unknown }
        return cupping
    }
}

/// The distance from an axis along z.
private struct RadialAxis: Sendable {
    let centreY: Double
    let centreX: Double
    /// The distance of the farthest voxel in view.
    let radius: Double

    init(of shape: Shape, within fieldOfView: FieldOfView, bounds: Region) {
        if case .cylinder(let y, let x, let radius) = fieldOfView {
            (centreY, centreX, self.radius) = (y, x, radius)
            return
        }
        let (y, x) = (Double(shape.height) / 2, Double(shape.width) / 2)
        func farthest(_ range: Range<Int>, _ centre: Double) -> Double {
            max(
                abs(Double(range.lowerBound) + 0.5 - centre),
                abs(Double(range.upperBound) - 0.5 - centre))
        }
        let (dy, dx) = (farthest(bounds.rows, y), farthest(bounds.columns, x))
        (centreY, centreX) = (y, x)
        // An image of one voxel has no distance; it lies on the axis.
        radius = max((dy * dy + dx * dx).squareRoot(), 1)
    }

    /// The square of a distance, 0 at the axis and 1 at the radius.
    @inline(__always)
    func square(_ y: Int, _ x: Int) -> Double {
        let (dy, dx) = (Double(y) + 0.5 - centreY, Double(x) + 0.5 - centreX)
        return (dy * dy + dx * dx) / (radius * radius)
    }
}

/// A histogram of every ring.
private struct RingCounts: Sendable {
    private var counts: [UInt32]
    private var totals: [Int]
    private let bins: Int

    init(bins: Int) {
        self.bins = bins
        counts = Array(repeating: 0, count: bins * CuppingSurvey.ringCount)
        totals = Array(repeating: 0, count: bins * CuppingSurvey.ringCount)
    }

    @inline(__always)
    mutating func count(_ bin: Int, ring: Int) { counts[ring * bins + bin] += 1 }

    /// Adds the counts of one slice.
    mutating func add(_ slice: RingCounts) {
        for index in totals.indices { totals[index] += Int(slice.counts[index]) }
    }

    func counts(ofRing ring: Int) -> [Int] { Array(totals[(ring * bins)..<((ring + 1) * bins)]) }
}

/// Counts the grey values of one slice, ring by ring.
private struct RingLevels: SliceVisitor {
    let bins: GreyBins
    let fieldOfView: FieldOfView
    let axis: RadialAxis
    let drift: SliceDrift?

    func visit<Element: GreyElement>(_ slice: Volume<Element>, z: Int) -> RingCounts {
        var counts = RingCounts(bins: bins.count)
        let last = CuppingSurvey.ringCount - 1
        let line = AffineGreys(drift, z: z)
        slice.withVoxels { voxels in
            for y in 0..<slice.shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: slice.shape)
                let start = y * slice.shape.width
                let row = voxels.extracting(start..<(start + slice.shape.width))
                for x in columns {
                    let ring = min(
                        Int(axis.square(y, x) * Double(CuppingSurvey.ringCount)), last)
                    counts.count(bins.bin(of: line(row[x].doubleValue)), ring: ring)
                }
            }
        }
        return counts
    }
}
