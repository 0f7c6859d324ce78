public import Volumes

/// One function measured on a sample, point by point.
public struct MeasuredCurve: Hashable, Sendable {
    /// What was measured, as in `two_point_correlation`.
    public let name: String
    /// The direction it was measured along, where it has one.
    public let axis: Axis?
    /// Where it was measured, in ``xUnit``, rising.
    public let x: [Double]
    /// The unit of ``x``; `voxel` for a length where the voxel size is not known.
    public let xUnit: String
    /// The values there, in ``yUnit``; as many as ``x``.
    public let y: [Double]
    /// The unit of ``y``.
    public let yUnit: String
    /// The identifier of the definition, a ``CurveDefinition/convention``.
    public let convention: String

    /// A curve of a definition, with as many values as places.
    ///
    /// - Parameter voxelSize: That of the mask; `nil` if `x` and `y` are in voxels.
    public init(
        _ definition: CurveDefinition, axis: Axis? = nil, x: [Double],
        y: [Double], voxelSize: VoxelSize?
    ) {
        precondition(x.count == y.count, "a curve has a value at every place")
        precondition(axis == nil || definition.hasAxis, "a curve has the axis its definition says")
        name = definition.name
        convention = definition.convention
        self.axis = axis
        self.x = x
        self.y = y
        xUnit = definition.x.unit(at: voxelSize)
        yUnit = definition.y.unit(at: voxelSize)
    }
}

extension MeasuredCurve: Codable {
    private enum CodingKeys: String, CodingKey {
        case name, axis, x, y, convention
        case xUnit = "x_unit"
        case yUnit = "y_unit"
    }

    /// Writes all seven keys, `null` where there is no axis.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(axis, forKey: .axis)
        try container.encode(x, forKey: .x)
        try container.encode(xUnit, forKey: .xUnit)
        try container.encode(y, forKey: .y)
        try container.encode(yUnit, forKey: .yUnit)
        try container.encode(convention, forKey: .convention)
    }
}
