import Volumes

/// How a sample's slices are gone through: in slabs that are measured by themselves, and as many of them
/// at once as the memory takes.
struct SampleSlabs: Hashable {
    /// HIGH slices of a slab; the last may have fewer.
    let depth: Int
    /// LOW slices that are in memory together, a whole number of slabs but for the last.
    let pieces: [Range<Int>]

    /// Whether all of the sample is in memory at once, and so measured as a whole too.
    var isWhole: Bool { pieces.count == 1 }

    /// Slabs of a sample for bootstrap draws: eight, or fewer if they were thinner than sixteen slices.
    static func depth(_ scans: PairScans) -> Int {
        let count = max(1, min(8, scans.highShape.depth / 16))
        return (scans.lowShape.depth + count - 1) / count * scans.depthScale
    }

    /// - Throws: ``EvaluationError/memoryTooSmall(_:neededBytes:givenBytes:)`` where not even a slab fits.
    init(
        _ scans: PairScans, bytesPerVoxel: Int, memoryInBytes given: Int
    ) throws(EvaluationError) {
        depth = Self.depth(scans)
        let perSlab = depth * scans.highShape.sliceCount * bytesPerVoxel
        let total = scans.highShape.count * bytesPerVoxel
        let low = scans.lowShape.depth
        guard total > given else {
            pieces = [0..<low]
            return
        }
        guard perSlab <= given else {
            throw .memoryTooSmall(scans.sample, neededBytes: perSlab, givenBytes: given)
        }
        let step = given / perSlab * (depth / scans.depthScale)
        pieces = stride(from: 0, to: low, by: step).map { $0..<min($0 + step, low) }
    }
}
