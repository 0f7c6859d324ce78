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
/// - Complexity: Linear in voxels but for the inverse Ackermann function; twelve bytes a voxel.
public func pores(
    of pore: Mask, within fieldOfView: FieldOfView = .all, snow settings: SnowSettings
) -> (volume: Volume<UInt32>, count: Int) {
    var distances = squaredDistanceTransform(of: withOutside(pore, of: fieldOfView))
    if distances[0, 0, 0] == .max { return connectedParts(of: pore) }
    // What is not pore is not to have peaks.
    distances.forEachSliceConcurrently { z, slice in
        pore.withVoxels { pore in
            let pore = pore.extracting((z * slice.count)..<((z + 1) * slice.count))
            for place in 0..<slice.count where !pore[place] { slice[place] = 0 }
        }
    }
    let peaks = SnowPeaks(distances, settings: settings).groups()
    let levels = DistanceLevels(of: pore, squaredDistances: distances)
    var words = FloodWords(of: pore, squaredDistances: distances, levels: levels)
    var firsts = [UInt32](repeating: .max, count: peaks.count + 1)
    flood(&words, levelCount: levels.count, from: markers(of: peaks), firsts: &firsts)

    // What is left are parts without a peak.
    let counts = words.unsettledCounts(levelCount: levels.count)
    let order = DescendingPlaces(of: words, counts: counts)
    let centres = poreCentres(&words, levels, order, prominence: .infinity)
    words.unsettle(order, levels)
    let others = centres.enumerated().map { index, place in
        Marker(place: place, label: UInt32(peaks.count + 1 + index))
    }
    firsts += [UInt32](repeating: .max, count: centres.count)
    flood(&words, levelCount: levels.count, from: others, firsts: &firsts)
    return (takeLabels(of: &words, firsts: firsts), peaks.count + centres.count)
}

/// Every voxel of peaks, labelled by the number of its peak, in storage order.
func markers(of peaks: [[UInt32]]) -> [Marker] {
    peaks.enumerated().flatMap { index, places in
        places.map { Marker(place: $0, label: UInt32(index + 1)) }
    }.sorted { $0.place < $1.place }
}
