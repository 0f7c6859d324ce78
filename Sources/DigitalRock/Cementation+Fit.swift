import Volumes

extension Cementation {
    /// Cement and clay that leave the wanted porosity in a field, to a voxel.
    ///
    /// - Returns: The fit, and the pores: true at voxel centres in neither mineral, cement nor clay.
    static func fitting(
        _ rock: Rock, porosity: Double, clayFraction: Double, shape: Shape, voxelSize: VoxelSize,
        planes: @Sendable (Int) -> SlicePlane
    ) throws(DigitalRockError) -> (cementation: Cementation, pores: Mask) {
        let sliceCount = shape.sliceCount
        let distances = withoutActuallyEscaping(planes) { planes in
            concurrentMap(count: shape.depth) { z in rock.distances(planes(z)) }
        }
        let count = Double(shape.count)
        let sorted = distances.flatMap { $0 }.sorted()
        let open = min(Int(((porosity + clayFraction) * count).rounded()), shape.count - 1)
        let thickness = sorted[shape.count - 1 - open]
        let scores = concurrentMap(count: shape.depth) { z in
            let plane = planes(z)
            return (0..<sliceCount).map { index -> Float in
                let gap = distances[z][index] - thickness
                guard gap > 0 else { return .infinity }
                let (y, x) = (index / shape.width, index % shape.width)
                return rock.clayScore(plane.place(Double(y), Double(x)), gap: gap)
            }
        }
        let pocketed = scores.flatMap { $0.filter(\.isFinite) }.sorted()
        let wanted = Int((porosity * count).rounded())
        guard wanted > 0, wanted <= pocketed.count else {
            throw .porosityNotMet(wanted: porosity, reached: Double(pocketed.count) / count)
        }
        let clayScore = pocketed[wanted - 1]
        let pores = Mask(
            shape: shape, voxelSize: voxelSize,
            voxels: scores.flatMap { $0.map { $0 <= clayScore } })
        let reached = Double(pores.array.count { $0 }) / count
        guard abs(reached - porosity) < 1e-3 else {
            throw .porosityNotMet(wanted: porosity, reached: reached)
        }
        return (Cementation(thickness: thickness, clayScore: clayScore), pores)
    }
}
