/// A quantity of the pore space, measured slab by slab at several thresholds.
public struct SweptQuantity: Hashable, Sendable, Codable {
    /// Grey values; a voxel at or below one is pore.
    public let thresholds: [Double]
    /// Slices of each slab; the last may have fewer than the others.
    public let slabDepths: [Int]
    /// By threshold, then by slab; `nil` where the quantity does not exist, as the tortuosity of
    /// a slab that nothing passes.
    public let values: [[Double?]]

    /// Takes a value or none for every threshold and slab.
    public init(thresholds: [Double], slabDepths: [Int], values: [[Double?]]) {
        precondition(
            values.count == thresholds.count && values.allSatisfy { $0.count == slabDepths.count },
            "every threshold has a value or none for every slab")
        self.thresholds = thresholds
        self.slabDepths = slabDepths
        self.values = values
    }
}
