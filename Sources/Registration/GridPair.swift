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
    /// LOW.
    ///
    /// It is counted on points that fill HIGH evenly, multiples of a vector of the plastic number's
    /// kind; their number leaves an error of about a thousandth.
    func overlap(_ pose: SpatialTransform) -> (ofHigh: Double, ofSmaller: Double) {
        let highExtent = highExtents * highVoxel
        let lowExtent = lowExtents * lowVoxel
        let step = SIMD3(0.8191725133961645, 0.6710436067037893, 0.5497004779019703)
        let axes = (isImage ? 1 : 0)..<3
        let count = 1 << 17
        var inside = 0
        for index in 0..<count {
            let place = step * Double(index) + 0.5
            let point = pose((place - place.rounded(.down)) * highExtent)
            if axes.allSatisfy({ point[$0] >= -1e-6 && point[$0] <= lowExtent[$0] + 1e-6 }) {
                inside += 1
            }
        }
        let share = Double(inside) / Double(count)
        func size(_ extent: SIMD3<Double>) -> Double {
            (isImage ? 1 : extent[0]) * extent[1] * extent[2]
        }
        let high = size(highExtent)
        return (share, min(1, share * high / min(high, size(lowExtent))))
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
