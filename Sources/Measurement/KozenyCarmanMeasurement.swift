import Transport
public import Volumes

extension PoreMeasurement {
    /// Permeability estimated from porosity and surface: ``KozenyCarmanAccumulator``.
    public static let kozenyCarman = PoreMeasurement(
        name: "kozeny-carman", bytesPerVoxel: 1, parameters: [KozenyCarmanAccumulator.definition],
        accumulating: { shape, voxelSize, fieldOfView in
            try KozenyCarmanAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// Estimates permeability from porosity and specific surface, for every sample that has a surface.
public struct KozenyCarmanAccumulator: PoreAccumulator {
    private var interface: InterfaceAccumulator
    private let fieldOfView: FieldOfView
    private let shape: Shape
    private var next = 0
    private var pores = 0
    private var view = 0

    static let definition = ParameterDefinition(
        name: "permeability_kozeny_carman", convention: "kozeny-5-crofton-13-richardson",
        meaning: "Estimate of permeability from porosity and specific surface.",
        equation: "porosity_total^3 / (5 specific_surface^2)", dimension: .area,
        reference: "doi:10.1016/S0263-8762(97)80003-2")

    /// For a mask of `shape` that arrives in slabs.
    ///
    /// - Throws: ``MeasurementError/fieldOfViewOutside(_:_:)``.
    public init(
        _ shape: Shape, voxelSize: VoxelSize? = nil, within fieldOfView: FieldOfView = .all
    ) throws(MeasurementError) {
        interface = try InterfaceAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        self.shape = shape
        self.fieldOfView = fieldOfView
    }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        interface.add(slab)
        let (first, shape, fieldOfView) = (next, shape, fieldOfView)
        for counts in concurrentMap(
            count: slab.shape.depth,
            { z in
                slab.withVoxels { voxels in
                    var (pores, view) = (0, 0)
                    for y in 0..<shape.height {
                        let columns = fieldOfView.columns(z: first + z, y: y, in: shape)
                        let start = (z * shape.height + y) * shape.width
                        let row = voxels.extracting(start..<(start + shape.width))
                        for x in columns where row[x] { pores += 1 }
                        view += columns.count
                    }
                    return (pores: pores, view: view)
                }
            })
        {
            pores += counts.pores
            view += counts.view
        }
        next += slab.shape.depth
    }

    /// The estimate, or why there is none.
    public func findings() -> PoreFindings {
        let found = interface.findings()
        let surface = found.parameters.first { $0.name == InterfaceDefinitions.surface.name }
        guard let surface, surface.value > 0, view > 0 else {
            let reason =
                found.skipped.first { $0.name == InterfaceDefinitions.surface.name }?.reason
                ?? "there is no surface between pore and solid"
            return PoreFindings(skipped: [
                PoreFindings.Skipped(Self.definition.name, reason: reason)
            ])
        }
        let estimate = kozenyCarmanPermeability(
            porosity: Double(pores) / Double(view), surfacePerVolume: surface.value)
        return PoreFindings(parameters: [
            MeasuredParameter(Self.definition, estimate, voxelSize: interface.voxelSize)
        ])
    }
}
