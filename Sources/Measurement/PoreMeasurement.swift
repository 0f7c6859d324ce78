public import Volumes

/// One of the measurements of a pore space; all that there are stand in ``all``, and whatever measures
/// pore spaces makes those.
///
/// A measurement declares what it may find (``parameters``, ``curves``) and what it costs, so that a
/// caller can choose without trying, and says of each pore space which of them it has not, and why
/// (``PoreFindings/skipped``).
public struct PoreMeasurement: Sendable {
    /// What a measurement takes, from little to much.
    public enum Cost: Int, Sendable, Comparable, CaseIterable {
        /// A look at every voxel and its neighbours, in one pass: milliseconds a million voxels.
        case scan
        /// Distances, transforms or searches in the whole volume: seconds a million voxels at most.
        case volume
        /// The solution of an equation in the pore space.
        case solver

        /// Whether one is less than another.
        public static func < (left: Cost, right: Cost) -> Bool { left.rawValue < right.rawValue }
    }

    /// What it is about, as in `porosity`; no parameter and no curve has the same name.
    public let name: String
    /// What it takes in time.
    public let cost: Cost
    /// Those of its parameters that mean in one slice what they mean in a volume: shares of voxels,
    /// and nothing that asks what hangs together.
    public let ofSlices: Set<String>
    /// What it takes in memory beside the mask, in bytes a voxel, seldom more.
    public let bytesPerVoxel: Int
    /// The edge of the cube that it looks at, in voxels; `nil` for all of the mask.
    public let edge: Int?
    /// The parameters it may find.
    public let parameters: [ParameterDefinition]
    /// The curves it may find.
    public let curves: [CurveDefinition]
    /// The names of all that it may find.
    public var names: Set<String> { Set(parameters.map(\.name) + curves.map(\.name)) }
    private let measure: @Sendable (Mask, FieldOfView) throws -> PoreFindings
    /// Begins to measure a mask that arrives in slabs, given its shape; `nil` for a measurement that
    /// needs the whole mask at once.
    public let accumulator:
        (@Sendable (Shape, VoxelSize?, FieldOfView) throws -> any PoreAccumulator)?

    /// A measurement by what it makes of a mask, true in pore space, and the voxels in view.
    public init(
        name: String, cost: Cost = .scan, ofSlices: Set<String> = [], bytesPerVoxel: Int,
        edge: Int? = nil, parameters: [ParameterDefinition] = [], curves: [CurveDefinition] = [],
        _ measure: @escaping @Sendable (Mask, FieldOfView) throws -> PoreFindings
    ) {
        self.name = name
        self.cost = cost
        self.ofSlices = ofSlices
        self.bytesPerVoxel = bytesPerVoxel
        self.edge = edge
        self.parameters = parameters
        self.curves = curves
        self.measure = measure
        accumulator = nil
    }

    /// A measurement by what takes a mask in slabs.
    public init(
        name: String, cost: Cost = .scan, ofSlices: Set<String> = [], bytesPerVoxel: Int,
        parameters: [ParameterDefinition] = [], curves: [CurveDefinition] = [],
        accumulating accumulator:
            @escaping @Sendable (Shape, VoxelSize?, FieldOfView) throws -> any PoreAccumulator
    ) {
        self.name = name
        self.cost = cost
        self.ofSlices = ofSlices
        self.bytesPerVoxel = bytesPerVoxel
        edge = nil
        self.parameters = parameters
        self.curves = curves
        measure = { mask, fieldOfView in
            var whole = try accumulator(mask.shape, mask.voxelSize, fieldOfView)
            whole.add(mask)
            return whole.findings()
        }
        self.accumulator = accumulator
    }

    /// What a pore space is like.
    ///
    /// - Throws: ``MeasurementError`` where the mask cannot be measured.
    public func callAsFunction(
        _ mask: Mask, within fieldOfView: FieldOfView = .all
    ) throws -> PoreFindings {
        try measure(mask, fieldOfView)
    }

    /// Every measurement, in the order in which parameters are shown.
    public static let all: [PoreMeasurement] = [
        .porosity, .interface, .twoPoint, .chords, .representative, .clusters, .poreSizes, .network,
        .kozenyCarman, .transport,
    ]

    /// Those that cost no more than `cost`.
    public static func costing(atMost cost: Cost) -> [PoreMeasurement] {
        all.filter { $0.cost <= cost }
    }
}

/// Makes measurements of a pore space, all of them unless told.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample.
/// - Throws: ``MeasurementError`` where the mask cannot be measured.
public func measurePores(
    of mask: Mask, within fieldOfView: FieldOfView = .all,
    by measurements: [PoreMeasurement] = PoreMeasurement.all
) throws -> PoreFindings {
    var findings = PoreFindings()
    for measurement in measurements {
        findings.append(try measurement(mask, within: fieldOfView))
    }
    return findings
}
