import Foundation

/// The units of length that headers and sidecars use.
enum HeaderLength {
    /// Micrometres in one `name`, in any of its usual spellings; `nil` for others.
    static func micrometres(in name: String) -> Double? {
        switch name.lowercased() {
        case "um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre",
            "micrometres", "microm":
            1
        case "nm", "nanometer", "nanometers", "nanometre", "nanometres": 1e-3
        case "mm", "millimeter", "millimeters", "millimetre", "millimetres": 1000
        case "cm", "centimeter", "centimeters", "centimetre", "centimetres": 10_000
        case "m", "meter", "meters", "metre", "metres": 1_000_000
        default: nil
        }
    }

    /// Micrometres as a number of millimetres: the shortest decimal, so that 2.25 um is 0.00225 and
    /// not the 0.0022500000000000003 that arithmetic in binary leaves.
    static func millimetreText(micrometres: Double) -> String {
        let scaled = micrometres / 1000
        for digits in 6...17 {
            let text = scaled.formatted(significantDigits: digits)
            if let value = Double(text), value * 1000 == micrometres || value == scaled {
                return text
            }
        }
        return "\(scaled)"
    }

    /// `value` of `unit` in micrometres, rid of the last bit's noise: 0.00225 mm is 2.25 um.
    static func micrometres(_ value: Double, per unit: Double) -> Double {
        let product = value * unit
        guard product.isFinite, product != 0 else { return product }
        return Double(product.formatted(significantDigits: 15)) ?? product
    }
}

extension Double {
    /// The number in decimal, rounded to so many significant digits, without trailing zeros.
    func formatted(significantDigits digits: Int) -> String {
        String(format: "%.\(digits)g", self)
    }
}
