public import Volumes

extension GreyHistogram {
    /// Counts the voxels in view of consecutive slices of the scan.
    ///
    /// - Parameters:
    ///   - slab: The slices, of the histogram's format.
    ///   - firstSlice: Where the slab begins in the scan.
    ///   - fieldOfView: Which voxels of the scan count.
    /// - Complexity: One pass over the voxels, on up to two cores; a counter for every bin on each.
    public mutating func add(
        _ slab: RawSlab, firstSlice: Int = 0, within fieldOfView: FieldOfView = .all
    ) {
        precondition(slab.elementType == elementType, "a scan's voxels have one type")
        let view = SlabView(shape: slab.shape, firstSlice: firstSlice, fieldOfView: fieldOfView)
        let counter = SlabCounter(histogram: self, slab: slab, view: view)
        for part in elementType.visit(grey: counter) { add(part) }
    }

    /// Counts the voxels in view of a volume.
    mutating func add<Element: GreyElement>(
        _ volume: Volume<Element>, within fieldOfView: FieldOfView
    ) {
        let view = SlabView(shape: volume.shape, firstSlice: 0, fieldOfView: fieldOfView)
        let parts = PartialCounts.count(for: self, in: view) { part, rows in
            volume.withVoxels { voxels in
                view.forEachRow(of: voxels, rows) { row in part.count(row) }
            }
        }
        for part in parts { add(part) }
    }

    private mutating func add(_ part: PartialCounts) {
        notFiniteCount += part.notFiniteCount
        outsideCount += part.outsideCount
        // Only levels are whole numbers; the origin of other bins may be beyond any.
        let first = part.isByLevel ? part.firstLevel - Int(origin) : 0
        for (place, count) in part.counts.enumerated() where count > 0 {
            let bin = part.isByLevel ? first + place : place
            if counts.indices.contains(bin) {
                counts[bin] += Int(count)
            } else {
                outsideCount += Int(count)
            }
        }
        for bin in greatest.indices { greatest[bin] = max(greatest[bin], part.greatest[bin]) }
    }
}

/// Which voxels of a slab are in view.
struct SlabView: Sendable {
    let shape: Shape
    /// Where the slab begins in the scan.
    let firstSlice: Int
    let fieldOfView: FieldOfView

    var rowCount: Int { shape.depth * shape.height }

    /// Calls `body` with what is in view of `rows`, which are counted through all slices; with all of
    /// them at once where nothing lies outside.
    @inline(__always)
    func forEachRow<Element>(
        of voxels: Span<Element>, _ rows: Range<Int>, _ body: (Span<Element>) -> Void
    ) {
        if fieldOfView == .all {
            body(
                voxels.extracting(
                    (rows.lowerBound * shape.width)..<(rows.upperBound * shape.width)))
            return
        }
        for row in rows {
            let columns = fieldOfView.columns(
                z: firstSlice + row / shape.height, y: row % shape.height, in: shape)
            let start = row * shape.width
            body(voxels.extracting((start + columns.lowerBound)..<(start + columns.upperBound)))
        }
    }
}

/// Counts a slab as the type it holds.
private struct SlabCounter: GreyElementVisitor {
    let histogram: GreyHistogram
    let slab: RawSlab
    let view: SlabView

    func visit<Element: GreyElement>(_ type: Element.Type) -> [PartialCounts] {
        PartialCounts.count(for: histogram, in: view) { part, rows in
            slab.withVoxels(as: type) { voxels in
                view.forEachRow(of: voxels, rows) { row in part.count(row) }
            }
        }
    }
}

/// What one thread counted.
private struct PartialCounts: Sendable {
    /// Whether there is a counter for every value of an integer format of 8 or 16 bits.
    let isByLevel: Bool
    /// The value that the first counter is for, if so.
    let firstLevel: Int
    private let origin: Double
    private let end: Double
    private let isExact: Bool
    private(set) var counts: [UInt32]
    private(set) var greatest: [Double]
    private(set) var notFiniteCount = 0
    private(set) var outsideCount = 0

    init(for histogram: GreyHistogram) {
        let type = histogram.elementType
        isByLevel = type.byteCount <= 2 && !type.isFloatingPoint
        firstLevel = isByLevel && type.isSigned ? -1 << (8 * type.byteCount - 1) : 0
        origin = histogram.origin
        end = histogram.upperBound
        isExact = histogram.isExact
        counts = Array(
            repeating: 0,
            count: isByLevel ? 1 << (8 * type.byteCount) : histogram.counts.count)
        greatest = Array(repeating: -.infinity, count: histogram.greatest.count)
    }

    /// Counts rows in a few parts side by side; `body` counts some rows.
    static func count(
        for histogram: GreyHistogram, in view: SlabView,
        _ body: @Sendable (inout PartialCounts, Range<Int>) -> Void
    ) -> [PartialCounts] {
        // Two cores count as fast as most systems deliver voxels; counters are as large as a small slab,
        // and 32 bits overflow in the largest.
        let worthwhile = view.shape.count / (4 * histogram.counts.count) + 1
        let needed = view.shape.count >> 31 + 1
        let parts = max(min(2, worthwhile, view.rowCount), needed)
        return concurrentMap(count: parts) { part in
            var counts = PartialCounts(for: histogram)
            body(&counts, (view.rowCount * part / parts)..<(view.rowCount * (part + 1) / parts))
            return counts
        }
    }

    @inline(__always)
    mutating func count<Element: GreyElement>(_ row: Span<Element>) {
        if isByLevel {
            countLevels(row)
        } else if isExact {
            countWhole(row)
        } else {
            countInRange(row)
        }
    }

    /// A counter for every value, found by the bits of a voxel.
    @inline(__always)
    private mutating func countLevels<Element: GreyElement>(_ row: Span<Element>) {
        let flip = firstLevel == 0 ? 0 : counts.count / 2
        var counts = counts.mutableSpan
        let bytes = unsafe row.bytes
        if Element.elementType.byteCount == 1 {
            for x in 0..<row.count {
                let bits = unsafe bytes.unsafeLoad(fromByteOffset: x, as: UInt8.self)
                counts[Int(bits) ^ flip] &+= 1
            }
        } else {
            for x in 0..<row.count {
                let bits = unsafe bytes.unsafeLoad(fromByteOffset: 2 * x, as: UInt16.self)
                counts[Int(bits) ^ flip] &+= 1
            }
        }
    }

    /// A counter for every whole number in range.
    @inline(__always)
    private mutating func countWhole<Element: GreyElement>(_ row: Span<Element>) {
        let (origin, last) = (origin, end - origin)
        var outside = 0
        var counts = counts.mutableSpan
        for x in 0..<row.count {
            let place = row[x].doubleValue - origin
            if place >= 0, place <= last {
                counts[Int(place)] &+= 1
            } else {
                outside += 1
            }
        }
        outsideCount += outside
    }

    /// Equal parts of the range.
    @inline(__always)
    private mutating func countInRange<Element: GreyElement>(_ row: Span<Element>) {
        let (outside, notFinite) = Self.countInRange(row, origin...end, &counts, &greatest)
        outsideCount += outside
        notFiniteCount += notFinite
    }

    @inline(__always)
    private static func countInRange<Element: GreyElement>(
        _ row: Span<Element>, _ range: ClosedRange<Double>, _ counts: inout [UInt32],
        _ greatest: inout [Double]
    ) -> (outside: Int, notFinite: Int) {
        let bins = Double(counts.count)
        let (origin, end, lastBin) = (range.lowerBound, range.upperBound, counts.count - 1)
        let width = end - origin
        var (outside, notFinite) = (0, 0)
        var counts = counts.mutableSpan
        var greatest = greatest.mutableSpan
        for x in 0..<row.count {
            let value = row[x].doubleValue
            guard value >= origin, value <= end else {
                if value.isFinite { outside += 1 } else { notFinite += 1 }
                continue
            }
            let bin = width == 0 ? 0 : min(Int((value - origin) / width * bins), lastBin)
            counts[bin] &+= 1
            greatest[bin] = value > greatest[bin] ? value : greatest[bin]
        }
        return (outside, notFinite)
    }
}
