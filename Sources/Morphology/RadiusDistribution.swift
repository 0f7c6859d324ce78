public import Volumes

/// How many voxels have which squared radius, as of ``localThickness(of:within:)`` or
/// ``drainage(of:from:within:)``; voxels of 0 are not counted.
public struct RadiusDistribution: Hashable, Sendable {
    /// The voxels of one squared radius.
    public struct Entry: Hashable, Sendable {
        /// The squared radius, in voxels.
        public let squaredRadius: UInt32
        /// The voxels that have it.
        public let voxelCount: Int

        /// So many voxels of a squared radius.
        public init(squaredRadius: UInt32, voxelCount: Int) {
            self.squaredRadius = squaredRadius
            self.voxelCount = voxelCount
        }
    }

    /// The squared radii there are, the smallest first.
    public let entries: [Entry]

    /// Counts the voxels of a volume of squared radii, on all cores.
    public init(of squaredRadii: Volume<UInt32>) {
        let shape = squaredRadii.shape
        let slices = concurrentMap(count: shape.depth) { z in
            squaredRadii.withVoxels { voxels in
                let start = z * shape.sliceCount
                return RadiusDistribution.counts(
                    voxels.extracting(start..<(start + shape.sliceCount)))
            }
        }
        var counts: [UInt32: Int] = [:]
        for slice in slices { counts.merge(slice, uniquingKeysWith: +) }
        counts[0] = nil
        entries = counts.map { Entry(squaredRadius: $0.key, voxelCount: $0.value) }
            .sorted { $0.squaredRadius < $1.squaredRadius }
    }

    /// The voxels counted.
    public var voxelCount: Int { entries.reduce(0) { $0 + $1.voxelCount } }

    /// The voxels of at least a squared radius: those a fluid has filled by then.
    public func voxelCount(atLeast squaredRadius: UInt32) -> Int {
        entries.reduce(0) { $0 + ($1.squaredRadius >= squaredRadius ? $1.voxelCount : 0) }
    }

    /// The mean radius of the voxels counted, in voxels; `nil` if there are none.
    public var meanRadius: Double? {
        if entries.isEmpty { return nil }
        let sum = entries.reduce(0) {
            $0 + Double($1.squaredRadius).squareRoot() * Double($1.voxelCount)
        }
        return sum / Double(voxelCount)
    }

    /// Counts by runs of one value, which are long.
    private static func counts(_ voxels: Span<UInt32>) -> [UInt32: Int] {
        var counts: [UInt32: Int] = [:]
        var (value, start) = (voxels[0], 0)
        for place in 1..<max(voxels.count, 1) where voxels[place] != value {
            counts[value, default: 0] += place - start
            (value, start) = (voxels[place], place)
        }
        counts[value, default: 0] += voxels.count - start
        return counts
    }
}
