import Volumes

/// The LOW voxels wholly covered by HIGH, or by a part of it.
struct CoveredRegion {
    let grids: GridPair
    let transform: SpatialTransform
    /// How far the image of a LOW voxel stays from HIGH's border, in micrometres of LOW.
    var marginInMicrometres = 0.0
    /// The corner and the end of HIGH's part, in its voxels (z, y, x).
    let part: (lower: SIMD3<Double>, upper: SIMD3<Double>)

    init(
        grids: GridPair, transform: SpatialTransform, marginInMicrometres: Double = 0,
        part: Region? = nil
    ) {
        self.grids = grids
        self.transform = transform
        self.marginInMicrometres = marginInMicrometres
        guard let part else {
            self.part = (.zero, grids.highExtents)
            return
        }
        let corner = SIMD3(Double(part.z), Double(part.y), Double(part.x))
        let extent = part.shape
        self.part = (
            corner,
            corner + SIMD3(Double(extent.depth), Double(extent.height), Double(extent.width))
        )
    }

    private static let corners: [SIMD3<Double>] = (0..<8).map { corner in
        SIMD3(Double(corner & 1), Double((corner >> 1) & 1), Double(corner >> 2))
    }

    /// A box grown from a voxel in the middle of what the scans share, one side after the other,
    /// until no side can move; `nil` if no voxel near the middle is covered.
    var region: Region? {
        let shape = SIMD3(grids.lowShape.depth, grids.lowShape.height, grids.lowShape.width)
        let back = transform.inverse
        guard var (low, top) = start(shape, back) else { return nil }
        var grew = true
        while grew {
            grew = false
            for axis in 0..<3 {
                var lower = low
                lower[axis] -= 1
                if lower[axis] >= 0, covers(lower, top, back) { (low, grew) = (lower, true) }
                var higher: SIMD3<Int> = top
                higher[axis] += 1
                if higher[axis] <= shape[axis], covers(low, higher, back) {
                    (top, grew) = (higher, true)
                }
            }
        }
        return Region(z: low[0]..<top[0], y: low[1]..<top[1], x: low[2]..<top[2])
    }

    /// A covered voxel at or next to the middle of what LOW shares with the box about HIGH's image;
    /// where HIGH turns away from there, the one deepest in HIGH of some thousand in that box.
    private func start(
        _ shape: SIMD3<Int>, _ back: SpatialTransform
    ) -> (SIMD3<Int>, SIMD3<Int>)? {
        let images = CoveredRegion.corners.map {
            transform((part.lower + (part.upper - part.lower) * $0) * grids.highVoxel)
                / grids.lowVoxel
        }
        var middle = SIMD3<Int>()
        var shared: [(low: Double, length: Double)] = []
        for axis in 0..<3 {
            let ends = images.map { $0[axis] }.sorted()
            let (low, top) = (max(0, ends[0]), min(Double(shape[axis]), ends[7]))
            guard low < top else { return nil }
            middle[axis] = min(Int((low + top) / 2), shape[axis] - 1)
            shared.append((low, top - low))
        }
        for offset in 0..<27 {
            // The middle first, then those before and after it along each axis.
            let steps = [0, -1, 1]
            let step = SIMD3(steps[offset / 9], steps[offset / 3 % 3], steps[offset % 3])
            let voxel = middle &+ step
            let inside = (0..<3).allSatisfy { voxel[$0] >= 0 && voxel[$0] < shape[$0] }
            if inside, covers(voxel, voxel &+ 1, back) { return (voxel, voxel &+ 1) }
        }
        var deepest: (voxel: SIMD3<Int>, depth: Double)?
        let steps = 12
        for index in 0..<(steps * steps * steps) {
            let part = SIMD3(index / (steps * steps), index / steps % steps, index % steps)
            var voxel = SIMD3<Int>()
            for axis in 0..<3 {
                let place = (Double(part[axis]) + 0.5) / Double(steps) * shared[axis].length
                voxel[axis] = min(Int(shared[axis].low + place), shape[axis] - 1)
            }
            let depth = depth(voxel, voxel &+ 1, back)
            if depth >= 0, depth > deepest?.depth ?? -1 { deepest = (voxel, depth) }
        }
        return deepest.map { ($0.voxel, $0.voxel &+ 1) }
    }

    /// Whether HIGH covers a box of LOW voxels.
    private func covers(_ low: SIMD3<Int>, _ top: SIMD3<Int>, _ back: SpatialTransform) -> Bool {
        depth(low, top, back) >= 0
    }

    /// How far a box of LOW voxels lies from the border of HIGH's part, or the margin before it, in
    /// HIGH voxels; negative outside. The part is convex, so the eight corners of the box tell.
    private func depth(_ low: SIMD3<Int>, _ top: SIMD3<Int>, _ back: SpatialTransform) -> Double {
        var depth = Double.infinity
        for corner in CoveredRegion.corners {
            var point = SIMD3<Double>()
            for axis in 0..<3 {
                point[axis] = Double(corner[axis] > 0 ? top[axis] : low[axis])
            }
            let image = back(point * grids.lowVoxel) / grids.highVoxel
            for axis in (grids.isImage ? 1 : 0)..<3 {
                // A displacement in LOW is one of so many voxels along this axis of HIGH at the most.
                let margin =
                    marginInMicrometres * back.linear[axis].length / grids.highVoxel[axis]
                // Lattices that meet exactly may miss each other by rounding.
                let inside =
                    min(image[axis] - part.lower[axis], part.upper[axis] - image[axis]) + 1e-6
                depth = min(depth, inside - margin)
            }
        }
        return depth
    }
}
