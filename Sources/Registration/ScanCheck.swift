import Volumes

/// What has been seen of a scan's grey values while it was read.
struct ScanCheck: Sendable {
    private(set) var isFinite = true
    private var range: ClosedRange<Float>?

    /// Whether two voxels differ.
    var varies: Bool { range.map { $0.lowerBound < $0.upperBound } ?? false }

    /// Looks at the slices of a part from `first` on.
    mutating func add(_ part: Volume<Float>, from first: Int = 0) {
        guard first < part.shape.depth else { return }
        let count = part.shape.sliceCount
        let slices = concurrentMap(count: part.shape.depth - first) { z -> (Float, Float, Bool) in
            part.withVoxels { voxels in
                let slice = voxels.extracting(((first + z) * count)..<((first + z + 1) * count))
                var (low, high, finite) = (slice[0], slice[0], true)
                for i in 0..<slice.count {
                    low = min(low, slice[i])
                    high = max(high, slice[i])
                    // Only numbers that are not finite differ from zero after such a product.
                    finite = finite && slice[i] * 0 == 0
                }
                return (low, high, finite)
            }
        }
        for (low, high, finite) in slices {
            isFinite = isFinite && finite
            // A comparison with a number that is none leaves the range as it is.
            guard low <= high else { continue }
            range = range.map { min($0.lowerBound, low)...max($0.upperBound, high) } ?? low...high
        }
    }
}
