import Volumes

/// A voxel that is larger, or smaller, than all its neighbours.
struct Extremum: Sendable {
    /// Its peak, in voxels from the first voxel's centre.
    let position: SIMD3<Double>
    /// By how much it stands out; negative for a minimum.
    let strength: Float
}

extension Volume where Element == Float {
    /// Where the difference from `wider` is extreme among neighbours, `margin` voxels inside.
    func extrema(against wider: Volume<Float>, margin: Int) -> [Extremum] {
        let shape = shape
        let difference = Volume<Float>(
            shape: shape,
            fillingSlicesConcurrently: { z, slice in
                let range = (z * shape.sliceCount)..<((z + 1) * shape.sliceCount)
                withVoxels { a in
                    wider.withVoxels { b in
                        let (a, b) = (a.extracting(range), b.extracting(range))
                        for i in 0..<slice.count { slice[i] = a[i] - b[i] }
                    }
                }
            })
        let slices = shape.isImage ? 0..<1 : margin..<max(margin, shape.depth - margin)
        let rows = margin..<max(margin, shape.height - margin)
        let columns = margin..<max(margin, shape.width - margin)
        return concurrentMap(count: slices.count) { index in
            difference.withVoxels { voxels in
                rows.flatMap { y in
                    columns.compactMap { x in
                        difference.extremum(voxels, slices.lowerBound + index, y, x)
                    }
                }
            }
        }.flatMap { $0 }
    }

    private func extremum(_ voxels: Span<Float>, _ z: Int, _ y: Int, _ x: Int) -> Extremum? {
        let (row, slice) = (shape.width, shape.sliceCount)
        let here = z * slice + y * row + x
        let value = voxels[here]
        // Most voxels are between their neighbours along x.
        let isMaximum = value > voxels[here - 1]
        if isMaximum != (value > voxels[here + 1]) { return nil }
        let reach = shape.isImage ? 0...0 : -1...1
        for k in reach {
            for j in -1...1 {
                for i in -1...1 where (k, j, i) != (0, 0, 0) {
                    let other = voxels[here + k * slice + j * row + i]
                    if isMaximum ? other >= value : other <= value { return nil }
                }
            }
        }
        func peak(_ stride: Int) -> Double {
            let (before, after) = (Double(voxels[here - stride]), Double(voxels[here + stride]))
            return (before - after) / (2 * (before - 2 * Double(value) + after))
        }
        return Extremum(
            position: SIMD3(
                Double(z) + (shape.isImage ? 0 : peak(slice)), Double(y) + peak(row),
                Double(x) + peak(1)),
            strength: value)
    }
}
