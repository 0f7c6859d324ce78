import Volumes

/// Where the voxels of a pair's fine lattice lie in HIGH.
///
/// Positions count in HIGH voxels from its corner, places in fine voxels from the lattice's corner;
/// the centre of voxel `k` is at `k + 0.5` of either.
struct LatticeMap: Sendable {
    /// Rows (z, y, x) of HIGH voxels per fine voxel along (z, y, x).
    let linear: [SIMD3<Double>]
    /// Where LOW's corner lies.
    let offset: SIMD3<Double>
    /// The lattice's corner, in fine voxels from LOW's.
    let first: SIMD3<Double>
    /// Fine voxels along (z, y, x).
    let extents: SIMD3<Double>
    let isImage: Bool

    init(
        grids: GridPair, transform: SpatialTransform, scales: SIMD3<Int>, region: Region
    ) {
        let back = transform.inverse
        let scale = SIMD3<Double>(scales)
        isImage = grids.isImage
        linear = (0..<3).map { i in
            // The ratio first, so that steps of whole voxels stay exact.
            var row = back.linear[i] * (grids.lowVoxel / grids.highVoxel[i]) / scale
            // Images have one slice, and nothing leaves it.
            if grids.isImage { row = i == 0 ? SIMD3(1, 0, 0) : SIMD3(0, row[1], row[2]) }
            return row
        }
        var offset = back.translation / grids.highVoxel
        if grids.isImage { offset[0] = 0 }
        self.offset = offset
        first = SIMD3(Double(region.z), Double(region.y), Double(region.x)) * scale
        extents = SIMD3(region.shape) * scale
    }

    /// The position of a place on the lattice.
    func callAsFunction(_ place: SIMD3<Double>) -> SIMD3<Double> {
        let point = place + first
        return SIMD3(
            (linear[0] * point).sum(), (linear[1] * point).sum(), (linear[2] * point).sum())
            + offset
    }

    /// HIGH voxels per fine voxel along each axis of HIGH, for a lattice that may turn: what its
    /// voxels cannot hold there.
    var steps: SIMD3<Double> {
        SIMD3(linear[0].length, linear[1].length, linear[2].length)
    }

    /// The map axis by axis, where the lattice's axes lie along HIGH's, in any order and direction,
    /// to 1e-4 of a voxel over all of the lattice; `nil` where it turns otherwise.
    var axes: [MappedAxis]? {
        var axes: [MappedAxis] = []
        for high in 0..<3 {
            let row = linear[high]
            let own = row.indices.max { abs(row[$0]) < abs(row[$1]) } ?? high
            var (others, shift) = (0.0, offset[high])
            for axis in 0..<3 where axis != own {
                others += abs(row[axis]) * extents[axis]
                // What little it turns counts as in the middle.
                shift += row[axis] * (first[axis] + extents[axis] / 2)
            }
            guard others < 1e-4 else { return nil }
            axes.append(
                MappedAxis(
                    high: high, lattice: own, step: row[own], first: first[own], offset: shift))
        }
        guard Set(axes.map(\.lattice)).count == 3 else { return nil }
        return axes
    }
}

/// One axis of HIGH and the lattice's axis that lies along it.
struct MappedAxis: Sendable {
    /// The axis of HIGH: 0, 1, 2 for z, y, x.
    let high: Int
    /// The axis of the lattice.
    let lattice: Int
    /// HIGH voxels per fine voxel; negative where the axes point against each other.
    let step: Double
    /// The lattice's first voxel, in fine voxels from LOW's corner.
    let first: Double
    /// Where LOW's corner lies, in HIGH voxels.
    let offset: Double

    /// Weights of HIGH's voxels for some voxels of the lattice.
    func weights(_ outputs: Range<Int>, sampleCount: Int) -> AxisWeights {
        // Whole steps are multiplied first, so that they stay exact.
        let start = first + Double(outputs.lowerBound)
        return .interpolation(
            count: outputs.count, sampleCount: sampleCount, stretch: max(1, abs(step)),
            position: { (start + Double($0) + 0.5) * step + offset })
    }
}
