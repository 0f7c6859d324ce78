import Resizing
import Upscaling
import Volumes

/// LOW slices enlarged by each of the methods.
struct Enlargement {
    let scale: Int
    /// Which slices the network takes together.
    let sliceUse: SliceUse
    /// The network, on slices and at a spacing as ``ImageUpscaler`` takes them.
    let network: (_ slices: Volume<Float>, _ spacing: Int) throws -> Volume<Float>

    /// Some LOW slices enlarged along y and x; z stays. Of several that the network makes of one, the
    /// middle one, or the one just past the middle.
    func slices(
        _ slices: Range<Int>, of scans: PairScans, by method: EnlargingMethod
    ) throws -> Volume<Float> {
        if let interpolated = interpolation(by: method) {
            return interpolated(try scans.low(slices))
        }
        let asTheyAre = SliceInterpolation(depth: scans.lowShape.depth, scale: 1)
        let needed = SliceUse(seen: sliceUse.seen, made: 1).input(for: slices, of: asTheyAre)
        return try made(of: needed, scans).everySlice(sliceUse.made, from: sliceUse.made / 2)
    }

    /// Slices of the HIGH volume: blocks are as thick as a LOW slice; interpolated slices have been
    /// brought to the HIGH slices' places by the z step of upscaling, and the network works as it does
    /// there.
    func volume(
        _ slices: Range<Int>, of scans: PairScans, by method: EnlargingMethod
    ) throws -> Volume<Float> {
        let step = SliceInterpolation(depth: scans.lowShape.depth, scale: scale)
        let volume: Volume<Float>
        switch (method, interpolation(by: method)) {
        case (.nearest, let enlarged?):
            let blocks = slices.widened(to: step.scale)
            let low = try scans.low(blocks.lowerBound..<blocks.upperBound)
            volume = enlarged(low).everySlice(
                from: slices.lowerBound - blocks.lowerBound * step.scale, count: slices.count,
                repeating: step.scale)
        case (_, let enlarged?):
            volume = enlarged(step(slices, from: try scans.low(step.slicesNeeded(for: slices))))
        case (_, nil):
            let blocks = slices.widened(to: sliceUse.made)
            let first = blocks.lowerBound * sliceUse.made
            let needed = sliceUse.input(
                for: first..<(blocks.upperBound * sliceUse.made), of: step)
            let all = try made(of: needed, scans)
            volume = all.cropped(
                to: Region(
                    z: slices.lowerBound - first, y: 0, x: 0,
                    shape: all.shape.withDepth(slices.count)))
        }
        return volume.withVoxelSize(scans.voxelSize)
    }

    private func made(of needed: SliceUse.Input, _ scans: PairScans) throws -> Volume<Float> {
        let low = try scans.low(needed.step.slicesNeeded(for: needed.range))
        return try network(needed.step(needed.range, from: low), needed.spacing)
    }

    /// How a method enlarges slices along y and x; `nil` for the network.
    private func interpolation(
        by method: EnlargingMethod
    ) -> ((Volume<Float>) -> Volume<Float>)? {
        func enlarging(
            _ resized: @escaping (Volume<Float>, _ height: Int, _ width: Int) -> Volume<Float>
        ) -> (Volume<Float>) -> Volume<Float> {
            { resized($0, $0.shape.height * scale, $0.shape.width * scale) }
        }
        switch method {
        case .nearest:
            return enlarging { $0.resized(height: $1, width: $2, by: Interpolation.nearest) }
        case .bicubic:
            return enlarging { $0.resized(height: $1, width: $2, by: AntialiasedFilter.bicubic) }
        case .lanczos:
            return enlarging { $0.resized(height: $1, width: $2, by: AntialiasedFilter.lanczos3) }
        case .sr: return nil
        }
    }
}

extension Range<Int> {
    /// The whole blocks of `count` that these lie in, counted by blocks.
    fileprivate func widened(to count: Int) -> Range<Int> {
        lowerBound / count..<((upperBound - 1) / count + 1)
    }
}

extension Volume where Element == Float {
    /// One slice of every `spacing`.
    fileprivate func everySlice(_ spacing: Int, from first: Int) -> Volume<Float> {
        spacing == 1 ? self : slices(count: shape.depth / spacing) { first + $0 * spacing }
    }

    /// Slices of the volume in which each of these comes `count` times.
    fileprivate func everySlice(
        from first: Int, count: Int, repeating times: Int
    ) -> Volume<Float> {
        slices(count: count) { (first + $0) / times }
    }

    private func slices(count: Int, _ source: @Sendable (Int) -> Int) -> Volume<Float> {
        let voxelCount = shape.sliceCount
        return withVoxels { voxels in
            Volume(
                shape: shape.withDepth(count), voxelSize: voxelSize,
                fillingSlicesConcurrently: { z, slice in
                    let start = source(z) * voxelCount
                    let taken = voxels.extracting(start..<(start + voxelCount))
                    for index in 0..<voxelCount { slice[index] = taken[index] }
                })
        }
    }
}
