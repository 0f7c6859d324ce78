/// What a parameter's name says about its values.
///
/// A name is lower-case words joined by `_`. Words that name a quantity fix the unit and the range:
/// `porosity_total`, `porosity_connected` and `porosity` are fractions, `permeability` is an area.
public struct ParameterKind: Hashable, Sendable {
    /// The word or words that name it, as in `formation_factor`.
    public let stem: String
    /// What its unit must measure.
    public let quantity: ParameterQuantity
    /// The values that make sense, in the quantity's own unit.
    public let range: ClosedRange<Double>

    /// Every kind, the more specific first.
    public static let all: [ParameterKind] = [
        ParameterKind("porosity", .ratio, 0...1),
        ParameterKind("saturation", .ratio, 0...1),
        ParameterKind("content", .ratio, 0...1),
        ParameterKind("fraction", .ratio, 0...1),
        // A tensor's element off its diagonal may have either sign.
        ParameterKind("cross_permeability", .permeability, -1e12...1e12),
        ParameterKind("permeability", .permeability, 0...1e12),
        // Solved ones of a straight channel are 1 but for the solver's tolerance.
        ParameterKind("formation_factor", .number, 0.999...1e12),
        ParameterKind("cementation_exponent", .number, 0...100),
        ParameterKind("tortuosity", .number, 0.999...1e12),
        ParameterKind("diffusivity", .number, 0...1.001),
        ParameterKind("euler_density", .perVolume, -1e12...1e12),
        ParameterKind("euler_number", .number, -1e15...1e15),
        ParameterKind("specific_surface", .perLength, 0...1e12),
        ParameterKind("grain_density", .density, 0...30),
        ParameterKind("bulk_density", .density, 0...30),
        ParameterKind("coordination_number", .number, 0...1e6),
        ParameterKind("count", .number, 0...1e15),
        ParameterKind("volume", .volume, 0...1e30),
        ParameterKind("diameter", .length, 0...1e12),
        ParameterKind("radius", .length, 0...1e12),
        ParameterKind("thickness", .length, 0...1e12),
        ParameterKind("length", .length, 0...1e12),
        ParameterKind("size", .length, 0...1e12),
    ]

    private init(_ stem: String, _ quantity: ParameterQuantity, _ range: ClosedRange<Double>) {
        self.stem = stem
        self.quantity = quantity
        self.range = range
    }

    /// The kind whose words stand in `name`; `nil` if none do.
    public init?(name: String) {
        let bounded = "_\(name)_"
        guard let kind = ParameterKind.all.first(where: { bounded.contains("_\($0.stem)_") }) else {
            return nil
        }
        self = kind
    }

    /// Whether `name` is one to 64 lower-case letters, digits and `_`, beginning with a letter.
    public static func isWellFormed(name: String) -> Bool {
        let bytes = name.utf8
        guard (1...64).contains(bytes.count), let first = bytes.first else { return false }
        let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return letters.contains(first)
            && bytes.allSatisfy {
                letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "_")
            }
    }

    /// The units a value may come in.
    public var units: [ParameterUnit] {
        ParameterUnit.allCases.filter { $0.quantity == quantity }
    }

    /// A value of `unit`, brought to the quantity's own unit.
    ///
    /// - Throws: ``DatasetError/wrongUnit(parameter:unit:expected:)`` for a unit of something else,
    ///   ``DatasetError/outOfRange(parameter:written:range:)`` for a value that cannot be.
    public func canonical(_ value: Double, _ unit: ParameterUnit, of name: String)
        throws(DatasetError) -> Double
    {
        guard unit.quantity == quantity else {
            throw .wrongUnit(parameter: name, unit: unit, expected: units)
        }
        let converted = unit.converted(value)
        guard range.contains(converted) else {
            throw .outOfRange(
                parameter: name, written: "\(value) \(unit.rawValue)",
                range:
                    "\(range.lowerBound)...\(range.upperBound) \(quantity.unit.rawValue)")
        }
        return converted
    }
}
