import Morphology
public import Volumes

/// Measures how much of the sample is pore space, and how much of that is connected.
///
/// Connected means across faces of voxels (6 neighbours) unless told otherwise. All shares are of the
/// voxels in view, so *total* = *connected* + *closed*.
///
/// - `porosity_total`: all pore space.
/// - `porosity_connected`: pore space that reaches the boundary of the field of view.
/// - `porosity_closed`: pore space that does not.
/// - `porosity_largest_component`: the largest connected part.
/// - `porosity_percolating`, one an axis: parts that reach both faces across that axis. A cylindrical
///   field of view has such faces along z only, and an axis one voxel long has none.
/// - `pore_component_count`: the connected parts.
///
/// The errors of the porosities say how far the sample may be from the rock it was cut from: see
/// ``BlockRatio``. An image of one slice is taken as two-dimensional.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
/// - Complexity: Linear in voxels; twelve bytes a run of pore voxels along x.
public func measurePorosity(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> [MeasuredParameter] {
    guard let bounds = fieldOfView.bounds(in: mask.shape) else {
        throw .fieldOfViewOutside(fieldOfView, mask.shape)
    }
    let parts = ConnectedComponents(of: mask, connectivity: .faces, within: fieldOfView)
    let components = parts.components
    let blocks = BlockGrid(bounds)
    let view = blocks.voxels(within: fieldOfView, in: mask.shape)

    func porosity(
        _ definition: ParameterDefinition, axis: MeasuredParameter.Axis? = nil,
        where belongs: (Int) -> Bool
    ) -> MeasuredParameter {
        let chosen = components.indices.map(belongs)
        let pores = blocks.voxels(of: parts) { chosen[$0] }
        let ratio = BlockRatio(pores, over: view)
        return MeasuredParameter(
            definition, ratio.value, axis: axis, error: ratio.standardError)
    }

    // Among equals the first part, so that the answer does not depend on the library's sort.
    let largest = components.indices.reduce(nil as Int?) { best, index in
        guard let best else { return index }
        return components[index].voxelCount > components[best].voxelCount ? index : best
    }
    var parameters = [
        porosity(PorosityDefinitions.total) { _ in true },
        porosity(PorosityDefinitions.connected) { components[$0].touchesBoundary },
        porosity(PorosityDefinitions.closed) { !components[$0].touchesBoundary },
        porosity(PorosityDefinitions.largest) { $0 == largest },
    ]
    for faces in FacesAcross.all(of: bounds, fieldOfView) {
        parameters.append(
            porosity(PorosityDefinitions.percolating, axis: faces.axis) {
                components[$0].faces.isSuperset(of: faces.both)
            })
    }
    parameters.append(MeasuredParameter(PorosityDefinitions.count, Double(components.count)))
    return parameters
}
