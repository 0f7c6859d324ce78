public import Volumes

/// The lattice of a pair: the LOW voxels that HIGH covers, each refined `scale` times along every
/// axis. LOW stays on it as scanned; HIGH is resampled onto it.
public struct PairLattice: Sendable {
    /// The LOW voxels, all wholly covered by HIGH.
    public let region: Region
    /// Fine voxels per LOW voxel along every axis, but one along z for images.
    public let scale: Int
    /// Takes a point of HIGH to LOW.
    public let transform: SpatialTransform
    /// What is added to a point of LOW before the transform takes it back to HIGH.
    public let displacement: (any Displacement)?
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
    ///   - transform: Takes a point of HIGH to LOW: any map that can be inverted.
    ///   - displacement: What is added to a point of LOW before it is taken back to HIGH; the lattice
    ///     keeps its largest length away from HIGH's border.
    ///   - part: What of HIGH is to be used, in its voxels; all if `nil`.
    ///   - scale: How many times the lattice is finer than LOW, at least one; where the ratio of the
    ///     voxel sizes is no whole number, the nearest one wastes least of HIGH.
    /// - Throws: ``RegistrationError/noOverlap`` if HIGH, or the part, covers no whole voxel of LOW, and what
    ///   ``register(low:high:options:)`` throws for voxel sizes and shapes that do not match.
    public init(
        low: Shape, lowVoxelSize: VoxelSize, high: Shape, highVoxelSize: VoxelSize,
        transform: SpatialTransform, displacement: (any Displacement)? = nil,
        of part: Region? = nil, scale: Int
    ) throws(RegistrationError) {
        precondition(scale >= 1, "a lattice is at least as fine as LOW")
        grids = try GridPair(
            low: low, lowVoxelSize: lowVoxelSize, high: high, highVoxelSize: highVoxelSize)
        let covered = CoveredRegion(
            grids: grids, transform: transform,
            marginInMicrometres: displacement?.largestInMicrometres ?? 0, part: part)
        guard let region = covered.region else { throw .noOverlap }
        self.region = region
        self.scale = scale
        self.transform = transform
        self.displacement = displacement
    }

    /// Fine voxels per LOW voxel along (z, y, x).
    var scales: SIMD3<Int> { SIMD3(grids.isImage ? 1 : scale, scale, scale) }

    /// The extent of the fine lattice.
    public var shape: Shape {
        Shape(
            depth: region.shape.depth * scales[0], height: region.shape.height * scales[1],
            width: region.shape.width * scales[2])
    }

    /// The lattice's corner (z, y, x) in LOW, in micrometres.
    public var originInMicrometres: SIMD3<Double> {
        SIMD3(Double(region.z), Double(region.y), Double(region.x)) * grids.lowVoxel
    }

    /// The edges of a voxel of the fine lattice.
    public var voxelSize: VoxelSize? {
        VoxelSize(
            depthInMicrometres: grids.lowVoxel[0] / Double(scales[0]),
            heightInMicrometres: grids.lowVoxel[1] / Double(scales[1]),
            widthInMicrometres: grids.lowVoxel[2] / Double(scales[2]))
    }
}
