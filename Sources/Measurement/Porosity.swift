import Morphology
public import Volumes

/// Measures how much of the sample is pore space, and how much of that is connected: one
/// ``PorosityAccumulator`` over the whole mask.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample.
/// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
public func measurePorosity(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws(MeasurementError) -> [MeasuredParameter] {
    var porosity = try PorosityAccumulator(mask.shape, within: fieldOfView)
    porosity.add(mask)
    return porosity.findings().parameters
}

/// Measures how much of the sample is pore space, and how much of that is connected.
///
/// Connected means across faces of voxels (6 neighbours). All shares are of the voxels in view, so
/// *total* = *connected* + *closed*.
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
public struct PorosityAccumulator: PoreAccumulator {
    private typealias Component = ConnectedComponents.Component

    private var stream: ComponentStream
    private let faces: [FacesAcross]
    private let view: [Int]
    private var connected = [Int](repeating: 0, count: BlockGrid.count)
    private var closed = [Int](repeating: 0, count: BlockGrid.count)
    /// By the place of their axis in ``faces``.
    private var percolating: [[Int]]
    private var largest: Component?
    private var count = 0

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    /// - Complexity: Linear in voxels; twelve bytes a run of the pore voxels of a slab, and some hundred
    ///   a connected part that has been seen and may go on.
    public init(
        _ shape: Shape, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        guard let bounds = fieldOfView.bounds(in: shape) else {
            throw .fieldOfViewOutside(fieldOfView, shape)
        }
        let blocks = BlockGrid(bounds)
        stream = ComponentStream(
            shape: shape, connectivity: .faces, within: fieldOfView,
            grid: blocks.cells(in: shape))
        view = blocks.voxels(within: fieldOfView, in: shape)
        faces = FacesAcross.all(of: bounds, fieldOfView)
        percolating = faces.map { _ in Array(repeating: 0, count: BlockGrid.count) }
    }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        stream.add(slab)
        for part in stream.takeFinished() {
            count += 1
            if part.touchesBoundary {
                part.cells.add(to: &connected)
            } else {
                part.cells.add(to: &closed)
            }
            for (place, faces) in faces.enumerated() where part.faces.isSuperset(of: faces.both) {
                part.cells.add(to: &percolating[place])
            }
            // Among equals the first part, whatever was finished first.
            if let best = largest,
                best.voxelCount > part.voxelCount
                    || best.voxelCount == part.voxelCount && best.precedes(part)
            {
                continue
            }
            largest = part
        }
    }

    /// What was found.
    public func findings() -> PoreFindings {
        func porosity(
            _ definition: ParameterDefinition, _ pores: [Int], axis: Axis? = nil
        ) -> MeasuredParameter {
            let ratio = BlockRatio(pores, over: view)
            return MeasuredParameter(
                definition, ratio.value, axis: axis, error: ratio.standardError)
        }
        var ofLargest = [Int](repeating: 0, count: BlockGrid.count)
        largest?.cells.add(to: &ofLargest)
        var findings = PoreFindings(parameters: [
            porosity(PorosityDefinitions.total, zip(connected, closed).map { $0 + $1 }),
            porosity(PorosityDefinitions.connected, connected),
            porosity(PorosityDefinitions.closed, closed),
            porosity(PorosityDefinitions.largest, ofLargest),
        ])
        for axis in Axis.allCases {
            if let place = faces.firstIndex(where: { $0.axis == axis }) {
                findings.parameters.append(
                    porosity(PorosityDefinitions.percolating, percolating[place], axis: axis))
            } else {
                findings.skipped.append(
                    PoreFindings.Skipped(
                        PorosityDefinitions.percolating.name, axis: axis,
                        reason: "the field of view has no two faces across the axis to connect"))
            }
        }
        findings.parameters.append(MeasuredParameter(PorosityDefinitions.count, Double(count)))
        return findings
    }
}
