import Foundation

/// Numbers as the report writes them: the same digits for the same kind of quantity, whatever the
/// language of the machine.
enum NumberText {
    /// Significant digits of a measured value.
    static let digits = 4
    /// Keeps digit groups and units on one line with their number.
    private static let narrowSpace = "\u{202F}"

    /// A measured value with ``digits`` significant digits; powers of ten for the very large and
    /// small.
    static func measured(_ value: Double) -> String {
        significant(value, digits: digits, keepingZeros: true)
    }

    /// An uncertainty: two significant digits, as more would claim to know it better than it is.
    static func uncertainty(_ value: Double) -> String {
        significant(value, digits: 2, keepingZeros: true)
    }

    /// A setting or a nominal value: up to six significant digits, no zeros after them.
    static func nominal(_ value: Double) -> String {
        significant(value, digits: 6, keepingZeros: false)
    }

    /// A value with a fixed number of decimals.
    static func decimals(_ value: Double, _ places: Int) -> String {
        guard value.isFinite else { return notFinite(value) }
        let text = String(format: "%.\(places)f", value)
        // "-0.00" says nothing that "0.00" does not.
        return text.hasPrefix("-") && !text.contains { "123456789".contains($0) }
            ? String(text.dropFirst()) : text
    }

    /// A fraction in percent, without the sign.
    static func percent(_ fraction: Double) -> String { decimals(fraction * 100, 2) }

    /// A whole number in groups of three digits.
    static func count(_ value: Int) -> String {
        let text = String(value.magnitude)
        guard text.count > 3 else { return String(value) }
        var grouped = ""
        for (index, digit) in text.enumerated() {
            if index > 0, (text.count - index).isMultiple(of: 3) { grouped += narrowSpace }
            grouped.append(digit)
        }
        return (value < 0 ? "-" : "") + grouped
    }

    /// A length with the unit that keeps it short.
    static func length(_ micrometres: Double) -> String {
        micrometres.magnitude >= 1000
            ? "\(nominal(micrometres / 1000))\(narrowSpace)mm"
            : "\(nominal(micrometres))\(narrowSpace)µm"
    }

    /// Three numbers in the order z, y, x.
    static func vector(_ vector: SIMD3<Double>, places: Int) -> String {
        (0..<3).map { decimals(vector[$0], places) }.joined(separator: ", ")
    }

    private static func significant(
        _ value: Double, digits: Int, keepingZeros: Bool
    ) -> String {
        guard value.isFinite else { return notFinite(value) }
        guard value != 0 else { return "0" }
        // Rounded first: 9.9996 has its first digit one place higher than it seems.
        let parts = String(format: "%.\(digits - 1)e", value).split(separator: "e")
        guard parts.count == 2, let exponent = Int(parts[1]) else { return String(value) }
        var text: String
        var power = ""
        if (-4..<7).contains(exponent) {
            text = String(format: "%.\(max(0, digits - 1 - exponent))f", value)
        } else {
            text = String(parts[0])
            power = "\u{00A0}×\u{00A0}10" + superscript(exponent)
        }
        if !keepingZeros, text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text + power
    }

    private static func superscript(_ exponent: Int) -> String {
        let raised: [Character: Character] = [
            "-": "⁻", "0": "⁰", "1": "¹", "2": "²", "3": "³", "4": "⁴", "5": "⁵", "6": "⁶",
            "7": "⁷", "8": "⁸", "9": "⁹",
        ]
        return String(String(exponent).map { raised[$0] ?? $0 })
    }

    private static func notFinite(_ value: Double) -> String {
        value.isNaN ? "not a number" : value < 0 ? "-∞" : "∞"
    }
}
