import Volumes

/// The pore mask of HIGH, looked up on the fine lattice of a pair.
///
/// Masks are not interpolated: each fine voxel takes the mask voxel that its centre falls in.
struct PairMask: Sendable {
    let mask: Mask
    let fieldOfView: FieldOfView
    /// From a point of LOW, in um, to one of HIGH.
    let highFromLow: SpatialTransform
    /// The corner of the pair in LOW, in um.
    let origin: SIMD3<Double>
    /// The fine voxel's edges, in um.
    let fineEdge: SIMD3<Double>
    /// The HIGH voxel's edges, in um.
    let highEdge: SIMD3<Double>

    /// Voxels of a box of the fine lattice that lie in view, and those of them in pores.
    func counts(in region: Region) -> (inView: Int, pores: Int) {
        let rows = highFromLow.linear
        let step = SIMD3(rows[0][2], rows[1][2], rows[2][2]) * fineEdge[2] / highEdge
        let shape = mask.shape
        var (inView, pores) = (0, 0)
        mask.withVoxels { voxels in
            for z in region.slices {
                for y in region.rows {
                    let centre = SIMD3(Double(z), Double(y), Double(region.x)) + 0.5
                    var point = highFromLow(origin + centre * fineEdge) / highEdge
                    for _ in region.columns {
                        // Centres that round to just outside take the border voxel.
                        let k = min(max(Int(point[0].rounded(.down)), 0), shape.depth - 1)
                        let j = min(max(Int(point[1].rounded(.down)), 0), shape.height - 1)
                        let i = min(max(Int(point[2].rounded(.down)), 0), shape.width - 1)
                        if fieldOfView.columns(z: k, y: j, in: shape).contains(i) {
                            inView += 1
                            if voxels[(k * shape.height + j) * shape.width + i] { pores += 1 }
                        }
                        point += step
                    }
                }
            }
        }
        return (inView, pores)
    }
}
