/// One number measured on a sample, with what is needed to compare it with others.
public struct MeasuredParameter: Hashable, Sendable {
    /// A direction in the volume.
    public enum Axis: String, Codable, Sendable, CaseIterable {
        case z, y, x
    }

    /// What was measured, as in `porosity_total`.
    public let name: String
    /// The number, in ``unit``.
    public let value: Double
    /// The unit; `1` for a fraction or a count.
    public let unit: String
    /// The direction it was measured along, where it has one.
    public let axis: Axis?
    /// The definition, in a sentence.
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
