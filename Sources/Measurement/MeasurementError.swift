public import Volumes

/// A reason a mask cannot be measured.
public enum MeasurementError: Error, Equatable, CustomStringConvertible {
    /// Nothing of the mask is inside the field of view, or a box reaches out of it.
    case fieldOfViewOutside(FieldOfView, Shape)
    /// Nothing that is measured has this name.
    case unknownName(String)
    /// Nothing was named that could be measured.
    case nothingChosen

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .fieldOfViewOutside(let fieldOfView, let shape):
            """
            The field of view \(fieldOfView) does not lie in the mask of \(shape) voxels. \
            Give a box inside it, or the axis and radius of the plug in its voxels.
            """
        case .unknownName(let name):
            "no measurement, parameter or curve is called '\(name)'; \(MeasurementChoice.listing)"
        case .nothingChosen:
            "nothing is named that could be measured"
        }
    }
}
