public import Volumes

extension PairLattice {
    /// HIGH on this lattice, or on a box of it, interpolated once and band-limited.
    ///
    /// Where the lattice's axes lie along HIGH's, in any order and direction, the kernel is a product
    /// of sincs under Kaiser windows, six zero crossings to either side; where the lattice is coarser
    /// than HIGH, it is widened to leave out what the lattice cannot hold. Where the lattice's voxels
    /// lie on HIGH's, to 1e-4 of a voxel, they are HIGH's, unchanged.
    ///
    /// Where it turns otherwise, or a displacement bends it, the kernel is the interpolating B-spline
    /// of degree five (Unser, Aldroubi and Eden 1993, doi:10.1109/78.193220), after a low-pass of the
    /// same sincs where the lattice is coarser than HIGH by more than 3 in a thousand.
    ///
    /// Near its border HIGH is seen mirrored. Only boxes of HIGH are held: for 64^3 voxels of a
    /// lattice that turns, some 4 to 12 times as many of HIGH. The voxels are the same bits however
    /// the lattice is cut into boxes; boxes that begin and end at multiples of 64 cost least.
    ///
    /// - Parameters:
    ///   - high: The scan this lattice was made for.
    ///   - region: A box of the fine lattice; all of it if `nil`.
    /// - Throws: What reading HIGH throws.
    public func resample(
        _ high: some ScanSource, in region: Region? = nil
    ) throws -> Volume<Float> {
        let region = region ?? Region(all: shape)
        precondition(high.shape == grids.highShape, "a lattice resamples the scan it was made for")
        precondition(region.fits(in: shape), "a box lies in the lattice")
        let sampler = BlockSampler(self)
        let blocks = sampler.blocks(touching: region)
        var result = Volume<Float>(shape: region.shape, voxelSize: voxelSize, repeating: 0)
        // So many blocks are held beside the result.
        let batch = 32
        for start in stride(from: 0, to: blocks.count, by: batch) {
            let group = blocks[start..<min(start + batch, blocks.count)]
            let parts = concurrentMap(count: group.count) { index in
                Result { try sampler.part(of: group[start + index], region, from: high) }
            }
            for part in parts {
                let (voxels, place) = try part.get()
                result.place(voxels, at: place, from: region)
            }
        }
        return result
    }

    /// HIGH on some slices of this lattice; see ``resample(_:in:)``.
    public func resample(
        _ high: some ScanSource, slices: Range<Int>
    ) throws -> Volume<Float> {
        precondition(
            slices.lowerBound >= 0 && slices.upperBound <= shape.depth && !slices.isEmpty,
            "slices lie in the lattice")
        return try resample(
            high, in: Region(z: slices.lowerBound, y: 0, x: 0, shape: shape.withDepth(slices.count))
        )
    }
}

extension Volume<Float> {
    /// Copies voxels of the box `place` into this volume, which is the box `whole`.
    fileprivate mutating func place(_ voxels: Volume<Float>, at place: Region, from whole: Region) {
        let (height, width) = (shape.height, shape.width)
        withMutableVoxels { target in
            voxels.withVoxels { source in
                let n = place.shape.width
                for z in 0..<place.shape.depth {
                    for y in 0..<place.shape.height {
                        let from = (z * place.shape.height + y) * n
                        let into =
                            ((place.z - whole.z + z) * height + place.y - whole.y + y) * width
                            + place.x - whole.x
                        let row = source.extracting(from..<(from + n))
                        var out = target._mutatingExtracting(into..<(into + n))
                        for x in 0..<n { out[x] = row[x] }
                    }
                }
            }
        }
    }
}
