public import Volumes

/// A quantity of the pore space, measured slab by slab at several thresholds.
///
/// The quantity is any number that a mask has: porosity, specific surface, Euler number,
/// permeability. Slabs are measured by themselves, so a quantity that needs thickness needs thick
/// slabs, and the whole as one slab where nothing less will do.
public struct SweptQuantity: Hashable, Sendable, Codable {
    /// Grey values; a voxel at or below one is pore.
    public let thresholds: [Double]
    /// Slices of each slab; the last may have fewer than the others.
    public let slabDepths: [Int]
    /// By threshold, then by slab; `nil` where the quantity does not exist, as the tortuosity of
    /// a slab that nothing passes.
    public let values: [[Double?]]

    /// Values that were measured elsewhere, one for every threshold and slab.
    public init(thresholds: [Double], slabDepths: [Int], values: [[Double?]]) {
        precondition(
            values.count == thresholds.count && values.allSatisfy { $0.count == slabDepths.count },
            "every threshold has a value or none for every slab")
        self.thresholds = thresholds
        self.slabDepths = slabDepths
        self.values = values
    }

    /// Measures a volume in its stored grey values, on all cores.
    ///
    /// - Throws: ``ImageMetricsError/thresholds(_:)``.
    public init(
        of volume: Volume<UInt16>, thresholds: [Double], slabDepth: Int = 1,
        quantity: @Sendable (Mask) -> Double?
    ) throws(ImageMetricsError) {
        try self.init(volume.shape, thresholds, slabDepth, quantity) { region, threshold in
            let limit = UInt16(min(max(threshold.rounded(.down), 0), 65_535))
            return volume.cropped(to: region).map { threshold >= 0 && $0 <= limit }
        }
    }

    /// Measures a volume in grey values of any range, on all cores.
    ///
    /// - Throws: ``ImageMetricsError/thresholds(_:)``.
    public init(
        of volume: Volume<Float>, thresholds: [Double], slabDepth: Int = 1,
        quantity: @Sendable (Mask) -> Double?
    ) throws(ImageMetricsError) {
        try self.init(volume.shape, thresholds, slabDepth, quantity) { region, threshold in
            volume.cropped(to: region).map { Double($0) <= threshold }
        }
    }

    private init(
        _ shape: Shape, _ thresholds: [Double], _ slabDepth: Int,
        _ quantity: @Sendable (Mask) -> Double?, _ mask: @Sendable (Region, Double) -> Mask
    ) throws(ImageMetricsError) {
        precondition(slabDepth > 0, "a slab has slices")
        guard !thresholds.isEmpty, thresholds.allSatisfy(\.isFinite) else {
            throw .thresholds(thresholds)
        }
        let starts = Array(stride(from: 0, to: shape.depth, by: slabDepth))
        let depths = starts.map { min(slabDepth, shape.depth - $0) }
        let found = concurrentMap(count: thresholds.count * starts.count) { index in
            let (threshold, slab) = (index / starts.count, index % starts.count)
            let region = Region(
                z: starts[slab], y: 0, x: 0, shape: shape.withDepth(depths[slab]))
            return quantity(mask(region, thresholds[threshold]))
        }
        self.thresholds = thresholds
        slabDepths = depths
        values = thresholds.indices.map { threshold in
            Array(found[(threshold * starts.count)..<((threshold + 1) * starts.count)])
        }
    }
}

extension Volume<Bool> {
    /// The part of the voxels that is pore.
    public var poreFraction: Double {
        withVoxels { voxels in
            var count = 0
            for index in voxels.indices where voxels[index] { count += 1 }
            return Double(count) / Double(shape.count)
        }
    }
}
