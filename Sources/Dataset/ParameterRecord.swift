public import Volumes

/// Who says a value.
public enum ParameterSource: String, Codable, Sendable, CaseIterable {
    /// A laboratory, through the manifest; it wins over a computed value.
    case laboratory
    /// Our own measurement of a mask.
    case computed
}

/// One physical parameter of a sample.
public struct ParameterRecord: Codable, Hashable, Sendable {
    /// Lower-case words joined by `_`, as in `porosity_total`.
    public let name: String
    /// The axis; `nil` where direction has no meaning or was not said.
    public let axis: Axis?
    /// The value, in `unit`.
    public let value: Double
    /// The catalog's unit for such a parameter.
    public let unit: ParameterUnit
    /// Who says so.
    public let source: ParameterSource
    /// How it was measured, in words: the instrument, or the convention of the computation.
    public let method: String
    /// One standard deviation, in `unit`, where known.
    public let uncertainty: Double?
    /// Value and unit as they came, as in `22.6 percent`.
    public let written: String

    /// Takes a value in any unit that fits the name and brings it to the catalog's unit.
    ///
    /// - Parameter uncertainty: One standard deviation, in the same unit as `value`.
    /// - Throws: ``DatasetError`` for a malformed name, a unit that does not fit the name, a value
    ///   out of range, and, from a laboratory, for a name that says no known quantity. A computed
    ///   value of a name unknown here keeps its own unit.
    public init(
        name: String, value: Double, unit: ParameterUnit, source: ParameterSource, method: String,
        axis: Axis? = nil, uncertainty: Double? = nil, written: String? = nil
    ) throws(DatasetError) {
        guard ParameterKind.isWellFormed(name: name) else { throw .malformedParameterName(name) }
        let kind = ParameterKind(name: name)
        if kind == nil, source == .laboratory {
            throw .unknownParameter(name, nearest: ParameterRecord.nearest(to: name))
        }
        guard value.isFinite else {
            throw .outOfRange(
                parameter: name, written: "\(value) \(unit.rawValue)", range: "the finite numbers")
        }
        if let uncertainty, !uncertainty.isFinite || uncertainty < 0 {
            throw .outOfRange(
                parameter: "\(name) (uncertainty)", written: "\(uncertainty) \(unit.rawValue)",
                range: "the finite numbers from 0")
        }
        self.name = name
        self.axis = axis
        self.value = try kind?.canonical(value, unit, of: name) ?? value
        self.unit = kind?.quantity.unit ?? unit
        self.source = source
        self.method = method
        self.uncertainty = kind == nil ? uncertainty : uncertainty.map { unit.converted($0) }
        self.written = written ?? "\(value) \(unit.rawValue)"
    }

    /// A known stem in place of the words of `name` it resembles.
    private static func nearest(to name: String) -> String? {
        let words = name.split(separator: "_").map(String.init)
        for kind in ParameterKind.all {
            let length = kind.stem.split(separator: "_").count
            guard words.count >= length else { continue }
            for start in 0...(words.count - length) {
                let part = words[start..<(start + length)].joined(separator: "_")
                guard nearestName(to: part, among: [kind.stem]) != nil else { continue }
                return (words[..<start] + [kind.stem] + words[(start + length)...])
                    .joined(separator: "_")
            }
        }
        return nil
    }
}

/// A value that a laboratory measured on a sample, in the catalog's unit.
public struct LaboratoryValue: Codable, Hashable, Sendable {
    /// The value as the catalog holds it.
    public let record: ParameterRecord

    /// Checks and converts a value as written.
    ///
    /// - Throws: ``DatasetError`` for a name without a known quantity, a unit that does not fit it, or
    ///   a value that cannot be.
    public init(
        name: String, value: Double, unit: ParameterUnit, method: String,
        axis: Axis? = nil, uncertainty: Double? = nil, written: String? = nil
    ) throws(DatasetError) {
        record = try ParameterRecord(
            name: name, value: value, unit: unit, source: .laboratory, method: method, axis: axis,
            uncertainty: uncertainty, written: written)
    }

    /// The parameter's name.
    public var name: String { record.name }
    /// The value, in `unit`.
    public var value: Double { record.value }
    /// The catalog's unit for it.
    public var unit: ParameterUnit { record.unit }
    /// The instrument or procedure.
    public var method: String { record.method }
    /// The axis, where it was said.
    public var axis: Axis? { record.axis }
    /// One standard deviation, in `unit`.
    public var uncertainty: Double? { record.uncertainty }
}
