import Morphology
import Volumes

/// The two faces of a field of view across an axis, which pore space may connect.
struct FacesAcross {
    let axis: Axis
    let low: Faces
    let high: Faces

    var both: Faces { low.union(high) }

    /// Those there are: an axis one voxel long has none, and a cylinder has them along z only.
    static func all(of bounds: Region, _ fieldOfView: FieldOfView) -> [FacesAcross] {
        var all: [FacesAcross] = []
        if bounds.shape.depth > 1 { all.append(FacesAcross(axis: .z, low: .zLow, high: .zHigh)) }
        if case .cylinder = fieldOfView { return all }
        if bounds.shape.height > 1 { all.append(FacesAcross(axis: .y, low: .yLow, high: .yHigh)) }
        if bounds.shape.width > 1 { all.append(FacesAcross(axis: .x, low: .xLow, high: .xHigh)) }
        return all
    }
}
