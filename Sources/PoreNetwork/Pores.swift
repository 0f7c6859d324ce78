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
/// - Complexity: Linear in voxels but for the inverse Ackermann function.
public func pores(
    of pore: Mask, within fieldOfView: FieldOfView = .all, prominence: Double
) -> (volume: Volume<UInt32>, count: Int) {
    let distances = squaredDistanceTransform(of: withOutside(pore, of: fieldOfView))
    if distances[0, 0, 0] == .max {
        let parts = ConnectedComponents(of: pore)
        return (parts.labels().withVoxelSize(pore.voxelSize), parts.components.count)
    }
    let centres = poreCentres(of: pore, squaredDistances: distances, prominence: prominence)
    return (watershed(of: pore, squaredDistances: distances, from: centres), centres.count)
}

/// The mask, true also outside the field of view, so that its edge is no wall.
private func withOutside(_ pore: Mask, of fieldOfView: FieldOfView) -> Mask {
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
