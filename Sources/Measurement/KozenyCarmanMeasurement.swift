import Transport
public import Volumes

extension PoreMeasurement {
    /// Permeability estimated from porosity and surface: ``KozenyCarmanAccumulator``.
    public static let kozenyCarman = PoreMeasurement(
        name: "kozeny_carman", bytesPerVoxel: 1, parameters: [KozenyCarmanAccumulator.definition],
        accumulating: { shape, voxelSize, fieldOfView in
            try KozenyCarmanAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// Estimates permeability from porosity and specific surface, for every sample that has a surface.
public struct KozenyCarmanAccumulator: PoreAccumulator {
    private var porosity: PorosityAccumulator
    private var interface: InterfaceAccumulator

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
        porosity = try PorosityAccumulator(shape, within: fieldOfView)
        interface = try InterfaceAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
    }

    /// Takes the next slices.
    public mutating func add(_ slab: Mask) {
        porosity.add(slab)
        interface.add(slab)
    }

    /// The estimate, or why there is none.
    public func findings() -> PoreFindings {
        let found = interface.findings()
        let surface = found.parameters.first { $0.name == InterfaceDefinitions.surface.name }
        let porosity = porosity.findings().parameters.first {
            $0.name == PorosityDefinitions.total.name
        }
        guard let porosity, let surface, surface.value > 0 else {
            let reason =
                found.skipped.first { $0.name == InterfaceDefinitions.surface.name }?.reason
                ?? "there is no surface between pore and solid"
            return PoreFindings(skipped: [
                PoreFindings.Skipped(Self.definition.name, reason: reason)
            ])
        }
        let estimate = kozenyCarmanPermeability(
            porosity: porosity.value, surfacePerVolume: surface.value)
        return PoreFindings(parameters: [
            MeasuredParameter(Self.definition, estimate, voxelSize: interface.voxelSize)
        ])
    }
}
