/// A direction in a volume.
public enum Axis: String, Codable, Sendable, CaseIterable {
    /// Across the slices.
    case z
    /// Across the rows.
    case y
    /// Across the columns.
    case x
}
