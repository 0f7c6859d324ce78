public import Volumes

/// The direction along which something is driven through a volume.
public enum FlowAxis: Int, Hashable, Sendable, CaseIterable {
    /// Across the slices.
    case z
    /// Across the rows.
    case y
    /// Across the columns.
    case x

    /// How many voxels a volume has along it.
    public func extent(of shape: Shape) -> Int {
        switch self {
        case .z: shape.depth
        case .y: shape.height
        case .x: shape.width
        }
    }
}
