public import Volumes

/// One of the measurements of a pore space; all that there are stand in ``all``, and whatever measures
/// pore spaces makes those.
public struct PoreMeasurement: Sendable {
    /// What it is about, as in `porosity`.
    public let name: String
    /// Those of its parameters that mean in one slice what they mean in a volume: shares of voxels,
    /// and nothing that asks what hangs together.
    public let ofSlices: Set<String>
    /// What it takes in memory beside the mask, in bytes a voxel, seldom more.
    public let bytesPerVoxel: Int
    private let measure: @Sendable (Mask, FieldOfView) throws -> [MeasuredParameter]

    /// A measurement by what it makes of a mask, true in pore space, and the voxels in view.
    public init(
        name: String, ofSlices: Set<String> = [], bytesPerVoxel: Int,
        _ measure: @escaping @Sendable (Mask, FieldOfView) throws -> [MeasuredParameter]
    ) {
        self.name = name
        self.ofSlices = ofSlices
        self.bytesPerVoxel = bytesPerVoxel
        self.measure = measure
    }

    /// The parameters of a pore space.
    ///
    /// - Throws: ``MeasurementError`` where the mask cannot be measured.
    public func callAsFunction(
        _ mask: Mask, within fieldOfView: FieldOfView = .all
    ) throws -> [MeasuredParameter] {
        try measure(mask, fieldOfView)
    }

    /// Every measurement, in the order in which parameters are shown.
    public static let all: [PoreMeasurement] = [
        // Runs take twelve bytes; a noisy mask has one for every six voxels or so.
        PoreMeasurement(name: "porosity", ofSlices: ["porosity_total"], bytesPerVoxel: 2) {
            try measurePorosity(of: $0, within: $1)
        }
    ]
}

/// Makes every measurement of a pore space.
///
/// - Parameters:
///   - mask: True in pore space.
///   - fieldOfView: Which voxels belong to the sample.
/// - Throws: ``MeasurementError`` where the mask cannot be measured.
public func measurePores(
    of mask: Mask, within fieldOfView: FieldOfView = .all
) throws -> [MeasuredParameter] {
    try PoreMeasurement.all.flatMap { try $0(mask, within: fieldOfView) }
}
