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
/// - Complexity: Linear in voxels but for the inverse Ackermann function; beside the distance
///   transform four bytes a voxel and four a pore voxel.
public func pores(
    of pore: Mask, within fieldOfView: FieldOfView = .all, prominence: Double
) -> (volume: Volume<UInt32>, count: Int) {
    guard case (let levels, var words)? = levelsAndWords(of: pore, within: fieldOfView) else {
        return connectedParts(of: pore)
    }
    return pores(&words, levels, prominence: prominence)
}

/// The pores of a pore space with the squared distances they were found by, which stay in memory.
func poresWithDistances(
    of pore: Mask, within fieldOfView: FieldOfView, prominence: Double
) -> (regions: Volume<UInt32>, squaredDistances: Volume<UInt32>) {
    let distances = squaredDistanceTransform(of: withOutside(pore, of: fieldOfView))
    if distances[0, 0, 0] == .max { return (connectedParts(of: pore).volume, distances) }
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    var words = FloodWords(of: pore, squaredDistances: distances, levels: levels)
    return (pores(&words, levels, prominence: prominence).volume, distances)
}

/// The levels of distance of a pore space, which hold all that is needed of the distances; `nil` if
/// there is no solid in view.
@inline(never)  // The distances are gone when it returns.
private func levelsAndWords(
    of pore: Mask, within fieldOfView: FieldOfView
) -> (DistanceLevels, FloodWords)? {
    let distances = squaredDistanceTransform(of: withOutside(pore, of: fieldOfView))
    if distances[0, 0, 0] == .max { return nil }
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    return (levels, FloodWords(of: pore, squaredDistances: distances, levels: levels))
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
    return (parts.labels().withVoxelSize(pore.voxelSize), parts.components.count)
}

/// The mask, true also outside the field of view, so that its edge is no wall.
func withOutside(_ pore: Mask, of fieldOfView: FieldOfView) -> Mask {
    if fieldOfView == .all { return pore }
    let shape = pore.shape
    var passable = pore
    passable.forEachSliceConcurrently { z, slice in
        for y in 0..<shape.height {
            let columns = fieldOfView.columns(z: z, y: y, in: shape)
            for x in 0..<shape.width where !columns.contains(x) {
                slice[y * shape.width + x] = true
            }
        }
    }
    return passable
}
