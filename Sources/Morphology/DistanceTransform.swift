public import Volumes

/// The squared distance, in voxels, from the centre of every true voxel to the centre of the nearest
/// false one; 0 at false voxels.
///
/// Exact whole numbers, the squares of what `scipy.ndimage.distance_transform_edt` gives. What lies
/// beyond the volume is neither: it attracts no distance. In a mask without a false voxel every value
/// is `UInt32.max`.
///
/// The transform goes axis by axis (Meijster et al. 2000, doi:10.1007/0-306-47025-X_36), in the memory
/// of its result, and gives the same on any number of cores.
///
/// - Precondition: The squared diagonal of the volume fits 32 bits, as up to 37,000 voxels an edge.
/// - Complexity: Linear in voxels; four bytes a voxel, the result's own.
public func squaredDistanceTransform(of mask: Mask) -> Volume<UInt32> {
    squaredDistanceTransform(of: mask, edges: .cube)
}

/// The squared distance from the centre of every true voxel to the centre of the nearest false one,
/// for voxels that are no cubes; 0 at false voxels.
///
/// Distances are measured in the length of which a voxel's edges are whole multiples, so that the
/// squares are exact whole numbers here too: with edges (3, 2, 2) a neighbour in the next slice is at
/// squared distance 9, one in the next row at 4. See ``VoxelEdges/init(_:)`` for edges in
/// micrometres. In a mask without a false voxel every value is `UInt32.max`.
///
/// - Precondition: The squared diagonal of the volume in that length fits 32 bits; see
///   ``VoxelEdges/fits(_:)``.
/// - Complexity: Linear in voxels; four bytes a voxel, the result's own.
public func squaredDistanceTransform(of mask: Mask, edges: VoxelEdges) -> Volume<UInt32> {
    let shape = mask.shape
    precondition(edges.fits(shape), "squared distances fit 32 bits")
    // First every slice, then every plane across the slices, is one core's alone.
    return Volume(shape: shape, voxelSize: mask.voxelSize) { (rows: ConcurrentRows<UInt32>) in
        _ = concurrentMap(count: shape.depth) { z in
            let slice = z * shape.sliceCount
            mask.withVoxels { voxels in
                for y in 0..<shape.height {
                    let row = slice + y * shape.width
                    let span = voxels.extracting(row..<(row + shape.width))
                    rows.withRow(at: row, count: shape.width) { distances in
                        squaredDistancesInRow(span, &distances, edge: edges.width)
                    }
                }
            }
            if shape.height > 1 {
                var columns = ColumnTransform(count: shape.height, edge: edges.height)
                columns.transform(rows, first: slice, stride: shape.width, width: shape.width)
            }
        }
        if shape.depth > 1 {
            _ = concurrentMap(count: shape.height) { y in
                var columns = ColumnTransform(count: shape.depth, edge: edges.depth)
                columns.transform(
                    rows, first: y * shape.width, stride: shape.sliceCount, width: shape.width)
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
