import Foundation

/// Lengths as headers and sidecars write them.
enum HeaderLength {
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
