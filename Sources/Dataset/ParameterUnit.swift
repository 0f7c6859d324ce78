/// What kind of thing a unit measures.
public enum ParameterQuantity: String, Codable, Sendable, CaseIterable {
    /// A part of a whole, such as porosity.
    case ratio
    /// A number without a unit, such as tortuosity.
    case number
    /// Permeability, an area.
    case permeability
    case length
    /// Surface per volume.
    case perLength
    /// Curvature, or a length, per area or volume.
    case perArea
    case volume
    /// A number per volume, such as the density of the Euler number.
    case perVolume
    /// Mass per volume.
    case density

    /// The one unit in which the catalog holds the quantity.
    public var unit: ParameterUnit {
        switch self {
        case .ratio: .fraction
        case .number: .one
        case .permeability: .millidarcy
        case .length: .micrometre
        case .perLength: .perMicrometre
        case .perArea: .perSquareMicrometre
        case .volume: .cubicMicrometre
        case .perVolume: .perCubicMicrometre
        case .density: .gramPerCubicCentimetre
        }
    }
}

/// A unit of a physical parameter; the raw value is how the catalog spells it.
public enum ParameterUnit: String, Codable, Sendable, CaseIterable {
    case fraction, percent
    /// A pure number.
    case one = "1"
    case millidarcy = "mD"
    case darcy = "D"
    case squareMicrometre = "um2"
    case squareMetre = "m2"
    case nanometre = "nm"
    case micrometre = "um"
    case millimetre = "mm"
    case perMicrometre = "1/um"
    case perMillimetre = "1/mm"
    case perSquareMicrometre = "1/um2"
    case perSquareMillimetre = "1/mm2"
    case cubicMicrometre = "um3"
    case cubicMillimetre = "mm3"
    case perCubicMicrometre = "1/um3"
    case perCubicMillimetre = "1/mm3"
    case gramPerCubicCentimetre = "g/cm3"
    case kilogramPerCubicMetre = "kg/m3"

    /// Reads a unit as people write it: `%`, `µm`, `um^2`, `darcy`, `mm-1`; `nil` for an unknown one.
    public init?(written text: String) {
        let plain = text.filter { !$0.isWhitespace && $0 != "^" }
            .replacing("µ", with: "u").replacing("μ", with: "u")
            .replacing("²", with: "2").replacing("³", with: "3").replacing("⁻", with: "-")
            .replacing("¹", with: "1")
        if let unit = ParameterUnit(rawValue: plain) {
            self = unit
            return
        }
        switch plain.lowercased() {
        case "%": self = .percent
        case "dimensionless": self = .one
        case "md", "mdarcy", "millidarcy": self = .millidarcy
        case "darcy": self = .darcy
        case "micron", "micrometre", "micrometer": self = .micrometre
        case "um-1": self = .perMicrometre
        case "mm-1": self = .perMillimetre
        case "um-2": self = .perSquareMicrometre
        case "mm-2": self = .perSquareMillimetre
        case "um-3": self = .perCubicMicrometre
        case "mm-3": self = .perCubicMillimetre
        case "g/cc", "gcm-3": self = .gramPerCubicCentimetre
        case "kgm-3": self = .kilogramPerCubicMetre
        default: return nil
        }
    }

    /// What it measures.
    public var quantity: ParameterQuantity {
        switch self {
        case .fraction, .percent: .ratio
        case .one: .number
        case .millidarcy, .darcy, .squareMicrometre, .squareMetre: .permeability
        case .nanometre, .micrometre, .millimetre: .length
        case .perMicrometre, .perMillimetre: .perLength
        case .perSquareMicrometre, .perSquareMillimetre: .perArea
        case .cubicMicrometre, .cubicMillimetre: .volume
        case .perCubicMicrometre, .perCubicMillimetre: .perVolume
        case .gramPerCubicCentimetre, .kilogramPerCubicMetre: .density
        }
    }

    /// A value of this unit in the quantity's own unit (``ParameterQuantity/unit``).
    ///
    /// A darcy follows from its definition, 1 cm3/s of 1 cP through 1 cm2 under 1 atm/cm, which makes
    /// a square metre exactly 1.01325e15 mD.
    public func converted(_ value: Double) -> Double {
        // Divisions by whole powers of ten round once; multiplying by 0.01 would round twice.
        switch self {
        case .fraction, .one, .millidarcy, .micrometre, .perMicrometre, .perSquareMicrometre,
            .cubicMicrometre, .perCubicMicrometre, .gramPerCubicCentimetre:
            value
        case .percent: value / 100
        case .darcy: value * 1000
        case .squareMicrometre: value * 1013.25
        case .squareMetre: value * 1.01325e15
        case .nanometre: value / 1000
        case .millimetre: value * 1000
        case .perMillimetre: value / 1000
        case .perSquareMillimetre: value / 1e6
        case .cubicMillimetre: value * 1e9
        case .perCubicMillimetre: value / 1e9
        case .kilogramPerCubicMetre: value / 1000
        }
    }
}
