import Volumes

/// How often each grey level occurs in the voxels in view.
///
/// Whole-number voxels that span up to 65,536 levels have a bin for every level. Others, floats
/// above all, have 65,536 bins of equal width from the least to the greatest value: 256, as
/// scikit-image takes for floats, would move the threshold by tens of 16-bit levels.
struct GreyHistogram: Sendable {
    /// Voxels in every bin.
    let counts: [Int]
    /// The grey value of bin 0.
    let origin: Double
    /// The width of a bin.
    let step: Double
    /// Whether every bin is one grey value.
    let isExact: Bool

    /// The grey value that stands for a bin: the value itself, or the middle.
    func value(ofBin bin: Int) -> Double {
        origin + (Double(bin) + (isExact ? 0 : 0.5)) * step
    }
}

/// The grey values in view of a volume, slice by slice on all cores.
struct GreyValues<Element: GreyElement>: Sendable {
    let volume: Volume<Element>
    let fieldOfView: FieldOfView
    private static var binCount: Int { 1 << 16 }

    /// The least and the greatest value in view, or `nil` if nothing is in view.
    func range() throws(SegmentationError) -> ClosedRange<Element>? {
        let slices = concurrentMap(count: volume.shape.depth) { z in
            var least: Element?
            var greatest: Element?
            var notFinite = 0
            forEachRow(z) { row in
                guard row.count > 0 else { return }
                var (low, high) = (least ?? row[0], greatest ?? row[0])
                for x in 0..<row.count {
                    low = row[x] < low ? row[x] : low
                    high = row[x] > high ? row[x] : high
                }
                (least, greatest) = (low, high)
                if Element.elementType.isFloatingPoint {
                    for x in 0..<row.count where !row[x].doubleValue.isFinite { notFinite += 1 }
                }
            }
            return (least, greatest, notFinite)
        }
        let notFinite = slices.reduce(0) { $0 + $1.2 }
        guard notFinite == 0 else { throw .notFinite(count: notFinite) }
        guard let least = slices.compactMap(\.0).min(),
            let greatest = slices.compactMap(\.1).max()
        else { return nil }
        return least...greatest
    }

    /// The histogram of the values in view, which lie in `range`.
    func histogram(over range: ClosedRange<Element>) throws(SegmentationError) -> GreyHistogram {
        let origin = range.lowerBound.doubleValue
        let width = range.upperBound.doubleValue - origin
        guard width.isFinite else {
            throw .rangeTooWide(minimum: origin, maximum: range.upperBound.doubleValue)
        }
        let isExact = !Element.elementType.isFloatingPoint && width < Double(Self.binCount)
        let bins = isExact ? Int(width) + 1 : Self.binCount
        // A few partial histograms: one a slice would outweigh the volume.
        let parts = min(volume.shape.depth, 8)
        let partial = concurrentMap(count: parts) { part in
            var counts = [Int](repeating: 0, count: bins)
            let first = part * volume.shape.depth / parts
            for z in first..<((part + 1) * volume.shape.depth / parts) {
                forEachRow(z) { row in
                    if isExact {
                        for x in 0..<row.count { counts[Int(row[x].doubleValue - origin)] += 1 }
                    } else {
                        for x in 0..<row.count {
                            counts[Self.bin(row[x].doubleValue, origin, width)] += 1
                        }
                    }
                }
            }
            return counts
        }
        var counts = [Int](repeating: 0, count: bins)
        for part in partial {
            for bin in 0..<bins { counts[bin] += part[bin] }
        }
        return GreyHistogram(
            counts: counts, origin: origin, step: isExact ? 1 : width / Double(bins),
            isExact: isExact)
    }

    /// The greatest value in view that falls into `bin` or one below it.
    func greatestValue(upToBin last: Int, of histogram: GreyHistogram) -> Double {
        if histogram.isExact { return histogram.value(ofBin: last) }
        let width = histogram.step * Double(Self.binCount)
        let slices = concurrentMap(count: volume.shape.depth) { z in
            var greatest = histogram.origin
            forEachRow(z) { row in
                for x in 0..<row.count {
                    let value = row[x].doubleValue
                    if value > greatest, Self.bin(value, histogram.origin, width) <= last {
                        greatest = value
                    }
                }
            }
            return greatest
        }
        return slices.max() ?? histogram.origin
    }

    private static func bin(_ value: Double, _ origin: Double, _ width: Double) -> Int {
        width == 0
            ? 0 : min(Int((value - origin) / width * Double(binCount)), binCount - 1)
    }

    private func forEachRow(_ z: Int, _ body: (Span<Element>) -> Void) {
        let shape = volume.shape
        volume.withVoxels { voxels in
            for y in 0..<shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: shape)
                let start = (z * shape.height + y) * shape.width
                body(
                    voxels.extracting(
                        (start + columns.lowerBound)..<(start + columns.upperBound)))
            }
        }
    }
}
