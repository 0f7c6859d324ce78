import Volumes

/// The grids of two scans, and what registration asks of them.
struct GridPair: Hashable, Sendable {
    let lowShape: Shape
    let highShape: Shape
    /// The edges (z, y, x) of LOW's voxels, in micrometres.
    let lowVoxel: SIMD3<Double>
    /// The edges (z, y, x) of HIGH's voxels, in micrometres.
    let highVoxel: SIMD3<Double>
    /// HIGH voxels per LOW voxel, along (z, y, x); one along z for images, which have no z.
    let ratio: SIMD3<Double>

    /// Images of one slice are registered in their plane.
    var isImage: Bool { lowShape.isImage }

    /// Voxels along (z, y, x).
    var lowExtents: SIMD3<Double> { SIMD3(lowShape) }
    var highExtents: SIMD3<Double> { SIMD3(highShape) }

    init(
        low: Shape, lowVoxelSize: VoxelSize?, high: Shape, highVoxelSize: VoxelSize?
    ) throws(RegistrationError) {
        guard let lowVoxelSize else { throw .missingVoxelSize(.low) }
        guard let highVoxelSize else { throw .missingVoxelSize(.high) }
        guard low.isImage == high.isImage else { throw .imageAgainstVolume(low: low, high: high) }
        lowShape = low
        highShape = high
        lowVoxel = lowVoxelSize.vector
        highVoxel = highVoxelSize.vector
        var ratio = lowVoxel / highVoxel
        if low.isImage { ratio[0] = 1 }
        // Equal voxel sizes may differ in their last printed digit.
        guard ratio.min() > 0.999 else {
            throw .highIsCoarser(low: lowVoxelSize, high: highVoxelSize)
        }
        self.ratio = ratio
    }

    /// The share of HIGH, and of the smaller scan, that lies in the other, with HIGH's corner
    /// `shift` (in HIGH voxels) from LOW's.
    func overlap(shift: SIMD3<Double>) -> (ofHigh: Double, ofSmaller: Double) {
        let low = lowExtents * ratio
        let end = (shift + highExtents).replacing(with: low, where: shift + highExtents .> low)
        let start = shift.replacing(with: 0, where: shift .< 0)
        let edges = (end - start).replacing(with: 0, where: end .< start)
        let shared = edges[0] * edges[1] * edges[2]
        let high = Double(highShape.count)
        // Sums of lengths round, and no scan shares more than all of itself.
        return (min(1, shared / high), min(1, shared / min(high, low[0] * low[1] * low[2])))
    }
}

extension SIMD3<Double> {
    /// The extents (z, y, x) of a shape.
    init(_ shape: Shape) {
        self.init(Double(shape.depth), Double(shape.height), Double(shape.width))
    }

    /// The Euclidean length.
    var length: Double { (self * self).sum().squareRoot() }
}

extension SpatialTransform {
    /// Whether the map only shifts.
    var isShift: Bool { linear == SpatialTransform.identity.linear }
}
