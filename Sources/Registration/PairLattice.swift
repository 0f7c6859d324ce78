public import Volumes

/// The lattice of a pair: the LOW voxels that HIGH covers, each refined `scale` times along every
/// axis. LOW stays on it as scanned; HIGH is resampled onto it.
public struct PairLattice: Hashable, Sendable {
    /// The LOW voxels, all wholly covered by HIGH.
    public let region: Region
    /// Fine voxels per LOW voxel along every axis, but one along z for images.
    public let scale: Int
    /// Takes a point of HIGH to LOW.
    public let transform: SpatialTransform
    let grids: GridPair

    /// The largest lattice of whole LOW voxels within both scans.
    ///
    /// For a shift the box is the largest there is. For a transform that turns, it lies wholly within
    /// HIGH, and no side of it can be moved out by a voxel.
    ///
    /// - Parameters:
    ///   - low: LOW's extent.
    ///   - lowVoxelSize: LOW's voxel size.
    ///   - high: HIGH's extent.
    ///   - highVoxelSize: HIGH's voxel size, no larger than LOW's.
    ///   - transform: Takes a point of HIGH to LOW.
    ///   - scale: How many times the lattice is finer than LOW, at least one; where the ratio of the
    ///     voxel sizes is no whole number, the nearest one wastes least of HIGH.
    /// - Throws: ``RegistrationError/noOverlap`` if HIGH covers no whole voxel of LOW, and what
    ///   ``register(low:high:options:)`` throws for voxel sizes and shapes that do not match.
    public init(
        low: Shape, lowVoxelSize: VoxelSize, high: Shape, highVoxelSize: VoxelSize,
        transform: SpatialTransform, scale: Int
    ) throws(RegistrationError) {
        precondition(scale >= 1, "a lattice is at least as fine as LOW")
        grids = try GridPair(
            low: low, lowVoxelSize: lowVoxelSize, high: high, highVoxelSize: highVoxelSize)
        guard let region = CoveredRegion(grids: grids, transform: transform).region else {
            throw .noOverlap
        }
        self.region = region
        self.scale = scale
        self.transform = transform
    }

    /// Fine voxels per LOW voxel along (z, y, x).
    private var scales: SIMD3<Int> { SIMD3(grids.isImage ? 1 : scale, scale, scale) }

    /// The extent of the fine lattice.
    public var shape: Shape {
        Shape(
            depth: region.shape.depth * scales[0], height: region.shape.height * scales[1],
            width: region.shape.width * scales[2])
    }

    /// The edges of a voxel of the fine lattice.
    public var voxelSize: VoxelSize? {
        VoxelSize(
            depthInMicrometres: grids.lowVoxel[0] / Double(scales[0]),
            heightInMicrometres: grids.lowVoxel[1] / Double(scales[1]),
            widthInMicrometres: grids.lowVoxel[2] / Double(scales[2]))
    }

    /// HIGH on this lattice, or on some of its slices, interpolated once and band-limited.
    ///
    /// The kernel is a product of sincs under Kaiser windows, six zero crossings to either side;
    /// where the lattice is coarser than HIGH, it is widened to leave out what the lattice cannot
    /// hold. Within six voxels of HIGH's border it sees HIGH mirrored. Where the lattice's voxels
    /// lie on HIGH's, to 1e-4 of a voxel, they are HIGH's, unchanged.
    ///
    /// - Parameters:
    ///   - high: The scan this lattice was made for.
    ///   - slices: Slices of the fine lattice, at least one; all if `nil`.
    /// - Throws: ``RegistrationError/notAShift(_:)`` for a transform that turns or scales.
    public func resample(
        _ high: Volume<Float>, slices: Range<Int>? = nil
    ) throws(RegistrationError) -> Volume<Float> {
        precondition(high.shape == grids.highShape, "a lattice resamples the scan it was made for")
        guard transform.isShift else { throw .notAShift(transform) }
        let slices = slices ?? 0..<shape.depth
        precondition(
            slices.lowerBound >= 0 && slices.upperBound <= shape.depth && !slices.isEmpty,
            "slices lie in the lattice")
        let first = SIMD3(region.z, region.y, region.x)
        func weights(_ axis: Int, _ outputs: Range<Int>, _ samples: Int) -> AxisWeights {
            // Positions in HIGH voxels: whole steps are multiplied first, so that they stay exact.
            let step = grids.ratio[axis] / Double(scales[axis])
            let shift = transform.translation[axis] / grids.highVoxel[axis]
            let start = Double(first[axis] * scales[axis] + outputs.lowerBound)
            return .interpolation(
                count: outputs.count, sampleCount: samples, stretch: max(1, step),
                position: { (start + Double($0) + 0.5) * step - shift })
        }
        let sampler = SeparableSampler(
            z: grids.isImage ? .single : weights(0, slices, high.shape.depth),
            y: weights(1, 0..<shape.height, high.shape.height),
            x: weights(2, 0..<shape.width, high.shape.width))
        return sampler.sample(high, voxelSize: voxelSize)
    }
}
