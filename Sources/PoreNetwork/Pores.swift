import Morphology
public import Volumes

/// The pores of a pore space: a watershed of the distance to the solid in view.
///
/// A mask without solid in view has no throats; its connected parts are its pores then.
///
/// - Parameters:
///   - pore: The pore space, of fewer than 2^32 - 1 voxels.
///   - fieldOfView: Which voxels belong to the sample; the others are no solid, so they bound nothing.
///   - prominence: By how many voxels a widening has to stand out to be a pore of its own, not
///     negative; see ``poreCentres(of:squaredDistances:prominence:)``.
/// - Returns: Labels 1...count numbered by their first voxels in storage order, 0 outside the pores.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; beside the labels, which are
///   four bytes a voxel, four a pore voxel.
public func pores(
    of pore: Mask, within fieldOfView: FieldOfView = .all, prominence: Double
) -> (volume: Volume<UInt32>, count: Int) {
    guard var distances = distancesToSolid(of: pore, within: fieldOfView) else {
        return connectedParts(of: pore)
    }
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    var words = FloodWords(of: pore, replacing: &distances, levels: levels)
    return pores(&words, levels, prominence: prominence)
}

/// The pores of a pore space with the squared distances they were found by, which stay in memory.
func poresWithDistances(
    of pore: Mask, within fieldOfView: FieldOfView, prominence: Double
) -> (regions: Volume<UInt32>, squaredDistances: Volume<UInt32>) {
    guard let distances = distancesToSolid(of: pore, within: fieldOfView) else {
        return (
            connectedParts(of: pore).volume,
            Volume(shape: pore.shape, voxelSize: pore.voxelSize, repeating: .max)
        )
    }
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    var words = FloodWords(of: pore, squaredDistances: distances, levels: levels)
    return (pores(&words, levels, prominence: prominence).volume, distances)
}

/// The squared distances to the solid in view, 0 outside it; `nil` if no solid is in view.
func distancesToSolid(of pore: Mask, within fieldOfView: FieldOfView) -> Volume<UInt32>? {
    guard let bounds = fieldOfView.bounds(in: pore.shape) else { return nil }
    let distances = squaredDistanceTransform(of: pore, within: fieldOfView)
    let first = fieldOfView.columns(z: bounds.z, y: bounds.y, in: pore.shape).lowerBound
    return distances[bounds.z, bounds.y, first] == .max ? nil : distances
}

/// The pores of unsettled words, in the memory of the words.
private func pores(
    _ words: inout FloodWords, _ levels: DistanceLevels, prominence: Double
) -> (volume: Volume<UInt32>, count: Int) {
    let centres: [UInt32]
    do {
        let order = DescendingPlaces(of: words, counts: levels.counts)
        centres = poreCentres(&words, levels, order, prominence: prominence)
        words.unsettle(order, levels)
    }
    return (watershed(&words, levelCount: levels.count, from: centres), centres.count)
}

/// The parts of a pore space without solid in view.
func connectedParts(of pore: Mask) -> (volume: Volume<UInt32>, count: Int) {
    let parts = ConnectedComponents(of: pore)
    return (parts.labels().withVoxelSize(pore.voxelSize), parts.count)
}
