/// A direction in a volume.
public enum Axis: String, Codable, Sendable, CaseIterable {
    /// Across the slices.
    case z
    /// Across the rows.
    case y
    /// Across the columns.
    case x

    /// Its place among the extents of a shape: z, y, x.
    @inlinable
    public var index: Int {
        switch self {
        case .z: 0
        case .y: 1
        case .x: 2
        }
    }
}

extension Shape {
    /// How many voxels lie along an axis.
    public func extent(along axis: Axis) -> Int {
        switch axis {
        case .z: depth
        case .y: height
        case .x: width
        }
    }
}
