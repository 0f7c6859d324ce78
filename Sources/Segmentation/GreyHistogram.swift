public import Volumes

/// How often each grey level of a scan occurs, gathered slab by slab.
///
/// Whole numbers that span up to 65,536 levels have a bin for every level, so formats of 8 and 16 bits
/// need no range beforehand. Others, fractions above all, have 65,536 bins of equal width over a range
/// known beforehand, which ``VoxelStatistics`` tells: 256, as scikit-image takes for fractions, would
/// move a threshold by tens of 16-bit levels.
///
/// Counts are whole numbers and a bin keeps its greatest value, so the histogram depends neither on the
/// number of cores nor on how the scan was cut into slabs.
public struct GreyHistogram: Sendable, Equatable {
    /// The number format of the voxels.
    public let elementType: ElementType
    /// Voxels in every bin.
    public internal(set) var counts: [Int]
    /// The grey value where bin 0 begins.
    public let origin: Double
    /// The greatest grey value that has a bin.
    public let upperBound: Double
    /// The width of a bin.
    public let step: Double
    /// Whether every bin is one grey value.
    public let isExact: Bool
    /// Voxels that are NaN or infinite. They are in no bin.
    public internal(set) var notFiniteCount = 0
    /// Finite voxels outside the range of the bins. They are in no bin.
    public internal(set) var outsideCount = 0
    /// The greatest value met in every bin that is not empty; none where bins are exact.
    var greatest: [Double]

    /// The most bins there are.
    public static let greatestBinCount = 1 << 16

    /// An empty histogram with a bin for every value of a format of 8 or 16 bits; `nil` for others,
    /// and for half precision, whose values are not evenly spaced.
    public init?(levelsOf elementType: ElementType) {
        guard let range = elementType.range, elementType.byteCount <= 2 else { return nil }
        self.elementType = elementType
        counts = Array(repeating: 0, count: 1 << (8 * elementType.byteCount))
        (origin, upperBound) = (range.lowerBound, range.upperBound)
        (step, isExact) = (1, true)
        greatest = []
    }

    /// An empty histogram of voxels from the least to the greatest of `range`.
    ///
    /// - Throws: ``SegmentationError/rangeTooWide(minimum:maximum:)`` for a range wider than a `Double`
    ///   can hold.
    public init(
        of elementType: ElementType, over range: ClosedRange<Double>
    ) throws(SegmentationError) {
        let width = range.upperBound - range.lowerBound
        guard width.isFinite else {
            throw .rangeTooWide(minimum: range.lowerBound, maximum: range.upperBound)
        }
        self.elementType = elementType
        (origin, upperBound) = (range.lowerBound, range.upperBound)
        // Beyond 2^53 a Double no longer tells neighbouring levels apart.
        isExact =
            !elementType.isFloatingPoint && width < Double(Self.greatestBinCount)
            && max(range.lowerBound.magnitude, range.upperBound.magnitude) <= 0x1p53
        let bins = isExact ? Int(width) + 1 : Self.greatestBinCount
        step = isExact ? 1 : width / Double(bins)
        counts = Array(repeating: 0, count: bins)
        greatest = isExact ? [] : Array(repeating: -.infinity, count: bins)
    }

    /// Bins of equal width whose voxels were counted elsewhere.
    init(counts: [Int], origin: Double, step: Double) {
        elementType = .float64
        self.counts = counts
        self.origin = origin
        self.step = step
        upperBound = origin + step * Double(counts.count)
        isExact = false
        greatest = counts.indices.map { origin + step * Double($0 + 1) }
    }

    /// The grey value that stands for a bin: the value itself, or the middle.
    public func value(ofBin bin: Int) -> Double {
        origin + (Double(bin) + (isExact ? 0 : 0.5)) * step
    }

    /// The greatest grey value that occurred in a bin that is not empty.
    public func greatestValue(inBin bin: Int) -> Double {
        isExact ? value(ofBin: bin) : greatest[bin]
    }

    /// Voxels counted in bins.
    public var voxelCount: Int { counts.reduce(0, +) }

    /// From the first bin that is not empty to the last; `nil` if all are.
    public var occupiedBins: ClosedRange<Int>? {
        guard let first = counts.firstIndex(where: { $0 > 0 }),
            let last = counts.lastIndex(where: { $0 > 0 })
        else { return nil }
        return first...last
    }

    /// The grey value of Otsu's method: the greatest of the darker class. A voxel above it is of the
    /// brighter class. `nil` if fewer than two bins are occupied.
    public var otsuThreshold: Double? {
        Segmentation.otsuThreshold(counts: counts).map(greatestValue(inBin:))
    }

    /// The grey values that part `classes` phases by Otsu's criterion, each the greatest of a class but
    /// the brightest; `nil` if fewer bins are occupied.
    ///
    /// - Parameter classes: From 2 to 5.
    public func multiOtsuThresholds(classes: Int) -> [Double]? {
        Segmentation.multiOtsuThresholds(counts: counts, classes: classes)?
            .map(greatestValue(inBin:))
    }
}
