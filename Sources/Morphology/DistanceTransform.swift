public import Volumes

/// The squared distance from the centre of every true voxel to the centre of the nearest false one; 0 at
/// false voxels.
///
/// Exact whole numbers, the squares of what `scipy.ndimage.distance_transform_edt` gives. They are counted
/// in voxels or, where these are no cubes, in the length of which a voxel's edges are whole multiples:
/// with edges (3, 2, 2) a neighbour in the next slice is at squared distance 9, one in the next row at 4.
/// See ``VoxelEdges/init(_:)`` for edges in micrometres.
///
/// What lies beyond the volume or the field of view is neither true nor false: it attracts no distance
/// and, outside the field of view, has 0. Without a false voxel in view every value in it is
/// `UInt32.max`.
///
/// The transform goes axis by axis (Meijster et al. 2000, doi:10.1007/0-306-47025-X_36), in the memory
/// of its result, and gives the same on any number of cores.
///
/// - Parameters:
///   - mask: True in pore space.
///   - edges: The proportion of a voxel's edges.
///   - fieldOfView: Which voxels belong to the sample.
/// - Precondition: The squared diagonal of the volume fits 32 bits, as up to 37,000 cubes an edge; see
///   ``VoxelEdges/fits(_:)``.
/// - Complexity: Linear in voxels; four bytes a voxel, the result's own.
public func squaredDistanceTransform(
    of mask: Mask, edges: VoxelEdges = .cube, within fieldOfView: FieldOfView = .all
) -> Volume<UInt32> {
    let shape = mask.shape
    precondition(edges.fits(shape), "squared distances fit 32 bits")
    // First every slice, then every plane across the slices, is one core's alone.
    return Volume(shape: shape, voxelSize: mask.voxelSize) { (rows: ConcurrentRows<UInt32>) in
        _ = concurrentMap(count: shape.depth) { z in
            mask.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    let columns = fieldOfView.columns(z: z, y: y, in: shape)
                    rows.withRow(at: start, count: shape.width) { distances in
                        if columns.count == shape.width {
                            squaredDistancesInRow(row, &distances, edge: edges.width)
                        } else {
                            // What is out of view lets distances through.
                            var passable = [Bool](repeating: true, count: shape.width)
                            for x in columns { passable[x] = row[x] }
                            squaredDistancesInRow(passable.span, &distances, edge: edges.width)
                        }
                    }
                }
            }
            if shape.height > 1 {
                var columns = ColumnTransform(count: shape.height, edge: edges.height)
                columns.transform(
                    rows, first: z * shape.sliceCount, stride: shape.width, width: shape.width)
            }
        }
        if shape.depth > 1 {
            _ = concurrentMap(count: shape.height) { y in
                var columns = ColumnTransform(count: shape.depth, edge: edges.depth)
                columns.transform(
                    rows, first: y * shape.width, stride: shape.sliceCount, width: shape.width)
            }
        }
        if fieldOfView == .all { return }
        _ = concurrentMap(count: shape.depth) { z in
            for y in 0..<shape.height {
                let columns = fieldOfView.columns(z: z, y: y, in: shape)
                let start = (z * shape.height + y) * shape.width
                rows.withRow(at: start, count: shape.width) { distances in
                    for x in 0..<shape.width where !columns.contains(x) { distances[x] = 0 }
                }
            }
        }
    }
}

/// The squared distance along x to the nearest false voxel of the row.
private func squaredDistancesInRow(
    _ row: Span<Bool>, _ distances: inout MutableSpan<UInt32>, edge: Int
) {
    var scanner = RowScanner()
    var done = 0
    while let run = scanner.next(in: row) {
        for x in done..<run.lowerBound { distances[x] = 0 }
        done = run.upperBound
        if run.count == row.count {
            for x in run { distances[x] = LowerEnvelope.unbounded }
            continue
        }
        // Up to here the left end is nearer.
        let middle =
            run.upperBound == row.count
            ? run.upperBound
            : run.lowerBound == 0 ? 0 : (run.lowerBound + run.upperBound) / 2
        var distance = 0
        for x in run.lowerBound..<middle {
            distance += edge
            distances[x] = UInt32(truncatingIfNeeded: distance &* distance)
        }
        distance = edge * (run.upperBound - middle)
        for x in middle..<run.upperBound {
            distances[x] = UInt32(truncatingIfNeeded: distance &* distance)
            distance -= edge
        }
    }
    for x in done..<row.count { distances[x] = 0 }
}
