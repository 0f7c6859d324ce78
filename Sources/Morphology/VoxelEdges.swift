public import Volumes

/// The edges of a voxel as whole multiples of one length, so that squared distances are whole numbers.
public struct VoxelEdges: Hashable, Sendable {
    /// Along z.
    public let depth: Int
    /// Along y.
    public let height: Int
    /// Along x.
    public let width: Int

    /// A cube, whose edge is the unit of length.
    public static let cube = VoxelEdges(depth: 1, height: 1, width: 1)

    /// Edges of one or more units each.
    public init(depth: Int, height: Int, width: Int) {
        precondition(depth > 0 && height > 0 && width > 0, "a voxel has positive edges")
        self.depth = depth
        self.height = height
        self.width = width
    }

    /// The smallest whole numbers in the proportion of a voxel's edges, as 3, 2, 2 for
    /// 7.5 x 5 x 5 um; `nil` where none up to 10,000 has it to a part in 10^9.
    public init?(_ voxelSize: VoxelSize) {
        let edges = voxelSize.vector
        let shortest = edges.min()
        for units in 1...10_000 {
            let multiples = edges * (Double(units) / shortest)
            let whole = multiples.rounded(.toNearestOrEven)
            if whole.max() > 10_000 { return nil }
            let errors = multiples - whole
            if (errors * errors).max() <= (multiples * multiples).min() * 1e-18 {
                self.init(depth: Int(whole.x), height: Int(whole.y), width: Int(whole.z))
                return
            }
        }
        return nil
    }

    /// The unit of length, in micrometres, when the voxel is one of `voxelSize`.
    public func unitInMicrometres(of voxelSize: VoxelSize) -> Double {
        voxelSize.widthInMicrometres / Double(width)
    }

    /// Whether every squared distance within a volume of `shape` fits 32 bits.
    public func fits(_ shape: Shape) -> Bool {
        var sum = 0
        for (edge, extent) in [
            (depth, shape.depth), (height, shape.height), (width, shape.width),
        ] {
            let (length, overflow) = edge.multipliedReportingOverflow(by: extent)
            guard !overflow, length <= 1 << 16 else { return false }
            sum += length * length
        }
        return sum < UInt32.max
    }
}
