public import Volumes

// Quantities of the pore space that any measurement gives for a mask: porosity, specific surface,
// Euler number, permeability. Slabs are measured by themselves, so a quantity that needs thickness
// needs thick slabs, and the whole volume as one slab where nothing less will do.

extension Volume<UInt16> {
    /// Measures the pore space that each threshold makes of stored grey values, on all cores.
    ///
    /// - Parameters:
    ///   - thresholds: A voxel at or below one is pore.
    ///   - slabDepth: Slices that are measured together; the last slab may have fewer.
    ///   - quantities: Measures a slab, true in pore space; a name it leaves out does not exist
    ///     there.
    /// - Returns: Every quantity by its name.
    /// - Throws: ``ImageMetricsError/thresholds(_:)``, and what `quantities` throws first.
    /// - Complexity: One mask of a slab for each core at a time.
    public func swept(
        over thresholds: [Double], slabDepth: Int = 1,
        quantities: @Sendable (Mask) throws -> [String: Double]
    ) throws -> [String: SweptQuantity] {
        try sweep(shape, thresholds, slabDepth, quantities) { region, threshold in
            let limit = UInt16(Swift.min(Swift.max(threshold.rounded(.down), 0), 65_535))
            return cropped(to: region).map { threshold >= 0 && $0 <= limit }
        }
    }
}

extension Volume<Float> {
    /// Measures the pore space that each threshold makes of grey values of any range, as for stored
    /// ones.
    public func swept(
        over thresholds: [Double], slabDepth: Int = 1,
        quantities: @Sendable (Mask) throws -> [String: Double]
    ) throws -> [String: SweptQuantity] {
        try sweep(shape, thresholds, slabDepth, quantities) { region, threshold in
            cropped(to: region).map { Double($0) <= threshold }
        }
    }
}

private func sweep(
    _ shape: Shape, _ thresholds: [Double], _ slabDepth: Int,
    _ quantities: @Sendable (Mask) throws -> [String: Double],
    mask: @Sendable (Region, Double) -> Mask
) throws -> [String: SweptQuantity] {
    precondition(slabDepth > 0, "a slab has slices")
    guard !thresholds.isEmpty, thresholds.allSatisfy(\.isFinite) else {
        throw ImageMetricsError.thresholds(thresholds)
    }
    let starts = Array(stride(from: 0, to: shape.depth, by: slabDepth))
    let depths = starts.map { min(slabDepth, shape.depth - $0) }
    let found = try concurrentMap(count: thresholds.count * starts.count) { index in
        let (threshold, slab) = (index / starts.count, index % starts.count)
        let region = Region(z: starts[slab], y: 0, x: 0, shape: shape.withDepth(depths[slab]))
        return Result { try quantities(mask(region, thresholds[threshold])) }
    }.map { try $0.get() }
    let names = Set(found.flatMap(\.keys))
    return Dictionary(
        uniqueKeysWithValues: names.map { name in
            let values = thresholds.indices.map { threshold in
                found[(threshold * starts.count)..<((threshold + 1) * starts.count)]
                    .map { $0[name] }
            }
            return (
                name, SweptQuantity(thresholds: thresholds, slabDepths: depths, values: values)
            )
        })
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
