public import Volumes

/// A reason a mask cannot be measured.
public enum MeasurementError: Error, Equatable, CustomStringConvertible {
    /// Nothing of the mask is inside the field of view, or a box reaches out of it.
    case fieldOfViewOutside(FieldOfView, Shape)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .fieldOfViewOutside(let fieldOfView, let shape):
            """
            The field of view \(fieldOfView) does not lie in the mask of \(shape) voxels. \
            Give a box inside it, or the axis and radius of the plug in its voxels.
            """
        }
    }
}
