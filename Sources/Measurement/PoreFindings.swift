public import Volumes

/// What a measurement finds in a pore space: numbers, curves, and what it could not tell and why.
public struct PoreFindings: Hashable, Sendable, Codable {
    /// A parameter or curve that this pore space does not have.
    public struct Skipped: Hashable, Sendable, Codable {
        /// Its name.
        public let name: String
        /// The direction, where it has one.
        public let axis: Axis?
        /// Why there is none, in a sentence.
        public let reason: String

        /// A gap and its reason.
        public init(_ name: String, axis: Axis? = nil, reason: String) {
            self.name = name
            self.axis = axis
            self.reason = reason
        }

        private enum CodingKeys: String, CodingKey {
            case name, axis, reason
        }

        /// Writes all three keys, `null` where there is no axis.
        public func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(name, forKey: .name)
            try container.encode(axis, forKey: .axis)
            try container.encode(reason, forKey: .reason)
        }
    }

    /// The numbers.
    public var parameters: [MeasuredParameter]
    /// The functions.
    public var curves: [MeasuredCurve]
    /// What there is not.
    public var skipped: [Skipped]

    /// Findings; nothing unless told.
    public init(
        parameters: [MeasuredParameter] = [], curves: [MeasuredCurve] = [],
        skipped: [Skipped] = []
    ) {
        self.parameters = parameters
        self.curves = curves
        self.skipped = skipped
    }

    /// Nothing of what a measurement looks for, all for one reason.
    init(
        without parameters: [ParameterDefinition], _ curves: [CurveDefinition] = [],
        axis: Axis? = nil, reason: String
    ) {
        let names = parameters.map(\.name) + curves.map(\.name)
        self.init(skipped: names.map { Skipped($0, axis: axis, reason: reason) })
    }

    /// Takes in what another measurement found.
    public mutating func append(_ other: PoreFindings) {
        parameters += other.parameters
        curves += other.curves
        skipped += other.skipped
    }

    /// Only what bears one of these names.
    public func only(_ names: Set<String>) -> PoreFindings {
        PoreFindings(
            parameters: parameters.filter { names.contains($0.name) },
            curves: curves.filter { names.contains($0.name) },
            skipped: skipped.filter { names.contains($0.name) })
    }
}
