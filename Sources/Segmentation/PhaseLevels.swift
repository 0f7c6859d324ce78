import Volumes

/// The grey values of a scan's two phases somewhere in it: where the voxels at or below Otsu's
/// threshold of that place crowd most, and those above it.
///
/// Each is the mean of the shortest range of grey values that holds half of its class (the shorth
/// of Andrews et al. 1972, Robust Estimates of Location), which the voxels that a surface crosses
/// hardly move. An affine change of the grey values moves both alike, whatever the share of pores.
public struct PhaseLevels: Codable, Sendable, Hashable {
    /// The darker phase's grey value.
    public let darker: Double
    /// The brighter phase's grey value.
    public let brighter: Double

    /// Two grey values.
    public init(darker: Double, brighter: Double) {
        self.darker = darker
        self.brighter = brighter
    }

    /// How far the phases lie apart.
    public var contrast: Double { brighter - darker }
}

/// Bins of equal width over a window of grey values; what lies outside goes to the nearest one.
struct GreyBins: Sendable {
    /// The lower end of the first bin.
    let origin: Double
    let step: Double
    let count: Int

    /// Up to 4,096 bins; of whole numbers a bin holds one or more, each in the middle of its unit.
    init(over window: ClosedRange<Double>, of elementType: ElementType) {
        let width = window.upperBound - window.lowerBound
        if elementType.isFloatingPoint {
            count = 4096
            origin = window.lowerBound
            step = max(width / 4096, .leastNormalMagnitude)
        } else {
            step = max((width / 4096).rounded(.up), 1)
            origin = window.lowerBound.rounded(.down) - 0.5
            count = Int(width / step) + 2
        }
    }

    @inline(__always)
    func bin(of value: Double) -> Int {
        Int(min(max((value - origin) / step, 0), Double(count - 1)))
    }

    /// The levels of two phases; `nil` where they cannot be told: fewer than 200 voxels or a
    /// fiftieth of all in one of them, or means less than three standard deviations apart, where
    /// one Gaussian phase would be cut into halves 2.65 apart (see
    /// ``PhaseContrast/contrastToNoise``).
    func levels(of counts: [Int]) -> PhaseLevels? {
        guard let split = otsuThreshold(counts: counts) else { return nil }
        let darker = counts[...split].reduce(0, +)
        let brighter = counts[(split + 1)...].reduce(0, +)
        let least = max(200, (darker + brighter) / 50)
        let histogram = GreyHistogram(counts: counts, origin: origin, step: step)
        guard darker >= least, brighter >= least,
            let contrast = PhaseContrast(
                histogram, lowerClassUpTo: histogram.value(ofBin: split)),
            contrast.contrastToNoise ?? .infinity >= 3
        else { return nil }
        return PhaseLevels(
            darker: shorth(counts, 0...split),
            brighter: shorth(counts, (split + 1)...(counts.count - 1)))
    }

    /// The mean over the shortest range that holds half of the voxels of some bins, each bin's
    /// voxels spread evenly over it; of ranges of one length the lowest.
    private func shorth(_ counts: [Int], _ bins: ClosedRange<Int>) -> Double {
        let half = Double(counts[bins].reduce(0, +)) / 2
        // The range begins where bin `first` does, and ends `share` of the way through bin `last`.
        var best: (length: Double, mean: Double)?
        var last = bins.lowerBound
        var (within, moment) = (0.0, 0.0)
        for first in bins {
            while last <= bins.upperBound, within + Double(counts[last]) < half {
                within += Double(counts[last])
                moment += Double(counts[last]) * (Double(last) + 0.5)
                last += 1
            }
            guard last <= bins.upperBound else { break }
            let share = (half - within) / Double(counts[last])
            let length = Double(last - first) + share
            if length < best?.length ?? .infinity {
                let end = (half - within) * (Double(last) + share / 2)
                best = (length, (moment + end) / half)
            }
            if first < last {
                within -= Double(counts[first])
                moment -= Double(counts[first]) * (Double(first) + 0.5)
            } else {
                last += 1
            }
        }
        guard let best else { preconditionFailure("half of a class lies in its bins") }
        return origin + best.mean * step
    }

    /// Levels without those that are too close to come from two phases: less than half as far apart
    /// as nine tenths of all are.
    static func apart(_ levels: [PhaseLevels?]) -> [PhaseLevels?] {
        let contrasts = levels.compactMap { $0?.contrast }.sorted()
        if contrasts.isEmpty { return levels }
        let usual = contrasts[contrasts.count * 9 / 10]
        return levels.map { level in level.flatMap { $0.contrast < usual / 2 ? nil : $0 } }
    }
}

/// What is done with a slice of a scan.
protocol SliceVisitor: Sendable {
    associatedtype Result: Sendable
    /// Takes slice `z` of the scan after a median of 3x3 voxels in its plane.
    func visit<Element: GreyElement>(_ slice: Volume<Element>, z: Int) -> Result
}

extension RawSlab {
    /// Calls `visitor` with some slices, on all cores; the first slice here is slice `first` of its
    /// scan.
    ///
    /// The median keeps noise from melting the phases together. What lies beside the field of view
    /// is replaced by the nearest row's last voxels in view, so that neither air nor NaN has a say.
    ///
    /// - Throws: If voxels in view are NaN or infinite.
    func smoothSlices<Visitor: SliceVisitor>(
        _ range: Range<Int>, from first: Int, within fieldOfView: FieldOfView, _ visitor: Visitor
    ) throws(SegmentationError) -> [Visitor.Result] {
        func visit<Element: GreyElement>(
            _ type: Element.Type
        ) throws(SegmentationError) -> [Visitor.Result] {
            let slices = concurrentMap(count: range.count) { index in
                let z = range.lowerBound + index
                let (slice, notFinite) = filled(type, z: z, of: first + z, within: fieldOfView)
                return notFinite > 0
                    ? (nil, notFinite) : (visitor.visit(medianFiltered(slice), z: first + z), 0)
            }
            let notFinite = slices.reduce(0) { $0 + $1.1 }
            guard notFinite == 0 else { throw .notFinite(count: notFinite) }
            return slices.compactMap(\.0)
        }
        switch elementType {
        case .uint8: return try visit(UInt8.self)
        case .int8: return try visit(Int8.self)
        case .uint16: return try visit(UInt16.self)
        case .int16: return try visit(Int16.self)
        case .uint32: return try visit(UInt32.self)
        case .int32: return try visit(Int32.self)
        case .uint64: return try visit(UInt64.self)
        case .int64: return try visit(Int64.self)
        case .float16: return try visit(Float16.self)
        case .float32: return try visit(Float.self)
        case .float64: return try visit(Double.self)
        }
    }

    private func filled<Element: GreyElement>(
        _ type: Element.Type, z: Int, of slice: Int, within fieldOfView: FieldOfView
    ) -> (Volume<Element>, notFinite: Int) {
        let plane = shape.withDepth(1)
        let rows = (0..<shape.height).filter {
            !fieldOfView.columns(z: slice, y: $0, in: shape).isEmpty
        }
        guard let first = rows.first, let last = rows.last else {
            return (Volume(shape: plane, repeating: Element(nearest: 0)), 0)
        }
        var notFinite = 0
        var voxels: [Element] = []
        voxels.reserveCapacity(plane.count)
        withVoxels(as: type) { source in
            for y in 0..<shape.height {
                let nearest = min(max(y, first), last)
                let start = (z * shape.height + nearest) * shape.width
                let row = source.extracting(start..<(start + shape.width))
                let columns = fieldOfView.columns(z: slice, y: nearest, in: shape)
                let (low, high) = (columns.lowerBound, columns.upperBound)
                voxels.append(contentsOf: repeatElement(row[low], count: low))
                for x in columns {
                    if nearest == y, Element.elementType.isFloatingPoint,
                        !row[x].doubleValue.isFinite
                    {
                        notFinite += 1
                    }
                    voxels.append(row[x])
                }
                voxels.append(contentsOf: repeatElement(row[high - 1], count: shape.width - high))
            }
        }
        return (Volume(shape: plane, voxels: voxels), notFinite)
    }
}
