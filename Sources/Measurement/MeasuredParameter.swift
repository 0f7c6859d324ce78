public import Volumes

/// One number measured on a sample, with what is needed to compare it with others.
public struct MeasuredParameter: Hashable, Sendable {
    /// What was measured, as in `porosity_total`.
    public let name: String
    /// The number, in ``unit``.
    public let value: Double
    /// The unit; `fraction` for a part of a whole, `1` for a number without one, `voxel` for a length
    /// where the voxel size is not known.
    public let unit: String
    /// The direction it was measured along, where it has one.
    public let axis: Axis?
    /// The identifier of the definition, a ``ParameterDefinition/convention``.
    public let convention: String
    /// One standard error of the value, in ``unit``, where it is known.
    public let error: Double?

    /// A measured number.
    public init(
        name: String, value: Double, unit: String, axis: Axis? = nil, convention: String,
        error: Double? = nil
    ) {
        self.name = name
        self.value = value
        self.unit = unit
        self.axis = axis
        self.convention = convention
        self.error = error
    }

    /// A number of a definition.
    ///
    /// - Parameter voxelSize: That of the mask; `nil` if `value` and `error` are in voxels.
    public init(
        _ definition: ParameterDefinition, _ value: Double, axis: Axis? = nil,
        error: Double? = nil, voxelSize: VoxelSize? = nil
    ) {
        precondition((axis != nil) == definition.hasAxis, "an axis where the definition has one")
        self.init(
            name: definition.name, value: value, unit: definition.dimension.unit(at: voxelSize),
            axis: axis, convention: definition.convention, error: error)
    }
}

extension MeasuredParameter: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, value, unit, axis, convention, error
    }

    /// Writes all six keys, `null` where there is no axis or error.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(value, forKey: .value)
        try container.encode(unit, forKey: .unit)
        try container.encode(axis, forKey: .axis)
        try container.encode(convention, forKey: .convention)
        try container.encode(error, forKey: .error)
    }
}
