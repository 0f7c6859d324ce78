import Morphology
public import Volumes

/// The pores of a pore space by the peaks of SNOW (Gostick 2017, doi:10.1103/PhysRevE.96.023307),
/// flooded inside the pore space, so that no label crosses solid.
///
/// A connected part without a peak, which is thin everywhere or lies beside a wider one behind a thin
/// wall, is flooded from its widest voxel and so one pore. For PoreSpy's own regions, leaks included,
/// see ``snowRegions(of:settings:)``.
///
/// - Parameters:
///   - pore: The pore space, of fewer than 2^32 - 1 voxels.
///   - fieldOfView: Which voxels belong to the sample; the others are no solid, so they bound nothing.
///   - settings: How peaks are found.
/// - Returns: Labels 1...count numbered by their first voxels in storage order, 0 outside the pores. A
///   mask without solid in view has no throats; its connected parts are its pores then.
/// - Complexity: Linear in voxels but for the inverse Ackermann function; beside the labels, which are
///   four bytes a voxel, four a pore voxel.
public func pores(
    of pore: Mask, within fieldOfView: FieldOfView = .all, snow settings: SnowSettings
) -> (volume: Volume<UInt32>, count: Int) {
    guard var distances = distancesToSolid(of: pore, within: fieldOfView) else {
        return connectedParts(of: pore)
    }
    let markers = SnowPeaks.markers(distances, settings: settings)
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    var words = FloodWords(of: pore, replacing: &distances, levels: levels)
    let peaks = markers.reduce(0) { max($0, Int($1.label)) }
    var firsts = [UInt32](repeating: .max, count: peaks + 1)
    flood(&words, levelCount: levels.count, from: markers, firsts: &firsts)

    // What is left are parts without a peak.
    let counts = words.unsettledCounts(levelCount: levels.count)
    let order = DescendingPlaces(of: words, counts: counts)
    let centres = poreCentres(&words, levels, order, prominence: .infinity)
    words.unsettle(order, levels)
    let others = centres.enumerated().map { index, place in
        Marker(place: place, label: UInt32(peaks + 1 + index))
    }
    firsts += [UInt32](repeating: .max, count: centres.count)
    flood(&words, levelCount: levels.count, from: others, firsts: &firsts)
    return (takeLabels(of: &words, firsts: firsts), peaks + centres.count)
}
