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

    /// The share of HIGH, and of the smaller scan, that lies in the other where `pose` takes HIGH to
    /// LOW; for poses that turn counted on a lattice of 64 points along every axis of HIGH.
    func overlap(_ pose: SpatialTransform) -> (ofHigh: Double, ofSmaller: Double) {
        let counts = isImage ? SIMD3(1, 64, 64) : SIMD3(64, 64, 64)
        let highExtent = highExtents * highVoxel
        let lowExtent = lowExtents * lowVoxel
        let steps = highExtent / SIMD3(Double(counts[0]), Double(counts[1]), Double(counts[2]))
        var inside = 0.0
        if pose.isShift {
            let shift = pose.translation
            let end = (shift + highExtent).replacing(
                with: lowExtent, where: shift + highExtent .> lowExtent)
            let start = shift.replacing(with: 0, where: shift .< 0)
            var shares =
                (end - start).replacing(with: 0, where: end .< start) / highExtent
            if isImage { shares[0] = 1 }
            inside = shares[0] * shares[1] * shares[2]
        } else {
            var points = 0
            for z in 0..<counts[0] {
                for y in 0..<counts[1] {
                    for x in 0..<counts[2] {
                        let point = pose((SIMD3(Double(z), Double(y), Double(x)) + 0.5) * steps)
                        let axes = (isImage ? 1 : 0)..<3
                        if axes.allSatisfy({ point[$0] >= 0 && point[$0] <= lowExtent[$0] }) {
                            points += 1
                        }
                    }
                }
            }
            inside = Double(points) / Double(counts[0] * counts[1] * counts[2])
        }
        func size(_ extent: SIMD3<Double>) -> Double {
            (isImage ? 1 : extent[0]) * extent[1] * extent[2]
        }
        let high = size(highExtent)
        // Sums of lengths round, and no scan shares more than all of itself.
        return (min(1, inside), min(1, inside * high / min(high, size(lowExtent))))
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
