public import Volumes

/// A reason images cannot be compared.
public enum ImageMetricsError: Error, Equatable, CustomStringConvertible {
    /// The two do not have the same voxels.
    case shapes(Shape, reference: Shape)
    /// The border that is left out leaves nothing.
    case border(Int, of: Shape)
    /// A window does not fit into a slice.
    case tooSmall(Shape, window: Int)
    /// A sweep has no thresholds, or some that are not finite.
    case thresholds([Double])
    /// Two sweeps have different thresholds or different slabs.
    case sweepsDiffer

    /// What happened, to what, and what to do about it.
    public var description: String {
        switch self {
        case .shapes(let shape, let reference):
            "an image of \(shape) cannot be compared with one of \(reference); upscale or crop it"
        case .border(let border, let shape):
            "a border of \(border) voxels leaves nothing of \(shape); take a smaller one"
        case .tooSmall(let shape, let window):
            """
            slices of \(shape.height)x\(shape.width) are smaller than the window of \
            \(window)x\(window); take larger patches or another metric
            """
        case .thresholds(let thresholds):
            "no sweep can be made over \(thresholds); give finite grey values"
        case .sweepsDiffer:
            "two sweeps have different thresholds or slabs; measure both scans alike"
        }
    }
}
