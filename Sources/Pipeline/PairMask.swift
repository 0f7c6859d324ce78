import Volumes

/// The pore mask of HIGH, looked up on the fine lattice of a pair.
///
/// Masks are not interpolated: each fine voxel takes the mask voxel that its centre falls in.
struct PairMask: Sendable {
    let mask: Mask
    let fieldOfView: FieldOfView
    /// From a point of LOW, in um, to one of HIGH.
    let highFromLow: SpatialTransform
    /// What is added to a point of LOW before that; `nil` for nothing.
    let correction: DriftCorrection?
    /// The corner of the pair in LOW, in um.
    let origin: SIMD3<Double>
    /// The fine voxel's edges, in um.
    let fineEdge: SIMD3<Double>
    /// The HIGH voxel's edges, in um.
    let highEdge: SIMD3<Double>

    /// Voxels of a box of the fine lattice that lie in view, and those of them in pores.
    func counts(in region: Region) -> (inView: Int, pores: Int) {
        var (inView, pores) = (0, 0)
        for z in region.slices {
            for y in region.rows {
                forEachVoxel(z, y, region.columns) { _, isInView, isPore in
                    if isInView { inView += 1 }
                    if isInView, isPore { pores += 1 }
                }
            }
        }
        return (inView, pores)
    }

    /// Slices of the fine lattice of `shape`: 1 in pores, 0 in solid and out of view.
    func pores(_ slices: Range<Int>, of shape: Shape) -> Volume<UInt8> {
        Volume(
            shape: shape.withDepth(slices.count),
            fillingSlicesConcurrently: { z, slice in
                for y in 0..<shape.height {
                    forEachVoxel(slices.lowerBound + z, y, 0..<shape.width) { x, isInView, isPore in
                        if isInView, isPore { slice[y * shape.width + x] = 1 }
                    }
                }
            })
    }

    /// Fine voxels from one node of the correction to the next, between which it is linear.
    private static let nodeEdge = 4

    /// How far the correction moves the nodes about a part of a row, in HIGH voxels; empty without one.
    private func corrections(_ z: Int, _ y: Int, _ columns: Range<Int>) -> [SIMD3<Double>] {
        guard let correction, !columns.isEmpty else { return [] }
        let nodes =
            columns.lowerBound / Self.nodeEdge...(columns.upperBound - 1) / Self.nodeEdge + 1
        return nodes.map { node in
            let place = SIMD3(Double(z), Double(y), Double(node * Self.nodeEdge)) + 0.5
            let point = origin + place * fineEdge
            return (highFromLow(point + correction(point)) - highFromLow(point)) / highEdge
        }
    }

    /// Walks along a row of the fine lattice.
    @inline(__always)
    private func forEachVoxel(
        _ z: Int, _ y: Int, _ columns: Range<Int>,
        _ body: (_ x: Int, _ isInView: Bool, _ isPore: Bool) -> Void
    ) {
        let rows = highFromLow.linear
        let step = SIMD3(rows[0][2], rows[1][2], rows[2][2]) * fineEdge[2] / highEdge
        let shape = mask.shape
        let centre = SIMD3(Double(z), Double(y), Double(columns.lowerBound)) + 0.5
        var point = highFromLow(origin + centre * fineEdge) / highEdge
        let nodes = corrections(z, y, columns)
        let firstNode = columns.lowerBound / Self.nodeEdge
        mask.withVoxels { voxels in
            for x in columns {
                var place = point
                if !nodes.isEmpty {
                    let node = x / Self.nodeEdge - firstNode
                    let share = Double(x % Self.nodeEdge) / Double(Self.nodeEdge)
                    place += nodes[node] + (nodes[node + 1] - nodes[node]) * share
                }
                // Centres that round to just outside take the border voxel.
                let k = min(max(Int(place[0].rounded(.down)), 0), shape.depth - 1)
                let j = min(max(Int(place[1].rounded(.down)), 0), shape.height - 1)
                let i = min(max(Int(place[2].rounded(.down)), 0), shape.width - 1)
                body(
                    x, fieldOfView.columns(z: k, y: j, in: shape).contains(i),
                    voxels[(k * shape.height + j) * shape.width + i])
                point += step
            }
        }
    }
}
