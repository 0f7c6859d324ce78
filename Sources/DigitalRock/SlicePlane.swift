import Volumes

/// The pixel centres of one slice of a scan, as places in the rock.
struct SlicePlane: Sendable {
    let height: Int
    let width: Int
    private let origin: SIMD3<Double>
    private let rowStep: SIMD3<Double>
    private let columnStep: SIMD3<Double>

    /// Slice `z` of a grid of cubic voxels whose first corner is at `corner` in a frame that
    /// `toRock` takes to the rock's; lengths are micrometres.
    init(
        z: Int, shape: Shape, voxelEdge: Double, corner: SIMD3<Double>, toRock: SpatialTransform
    ) {
        height = shape.height
        width = shape.width
        let first = corner + SIMD3(Double(z) + 0.5, 0.5, 0.5) * voxelEdge
        origin = toRock(first)
        rowStep = toRock(first + SIMD3(0, voxelEdge, 0)) - origin
        columnStep = toRock(first + SIMD3(0, 0, voxelEdge)) - origin
    }

    /// The place of a pixel centre; fractions lie between pixels.
    func place(_ y: Double, _ x: Double) -> SIMD3<Float> {
        SIMD3<Float>(origin + rowStep * y + columnStep * x)
    }

    /// Half the diagonal of a block of `edge` x `edge` pixel centres.
    func halfDiagonal(ofBlock edge: Int) -> Float {
        let reach = (rowStep + columnStep) * (Double(edge - 1) / 2)
        let other = (rowStep - columnStep) * (Double(edge - 1) / 2)
        return Float(max((reach * reach).sum(), (other * other).sum()).squareRoot())
    }
}
