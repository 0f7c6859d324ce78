/// Units of length as image files spell them.
enum LengthUnit {
    /// Micrometres in one `name`; `nil` for pixels and unknown words.
    static func micrometres(in name: String) -> Double? {
        // ImageJ escapes the sign as text; the sign itself exists twice in Unicode.
        let plain = name.replacing("\\u00B5", with: "u").replacing("\\u00b5", with: "u")
            .replacing("\u{B5}", with: "u").replacing("\u{3BC}", with: "u")
        switch plain.trimmingPrefix(while: \.isWhitespace).lowercased() {
        case "um", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres":
            return 1
        case "nm", "nanometer", "nanometers", "nanometre", "nanometres": return 1e-3
        case "mm", "millimeter", "millimeters", "millimetre", "millimetres": return 1e3
        case "cm", "centimeter", "centimeters", "centimetre", "centimetres": return 1e4
        case "m", "meter", "meters", "metre", "metres": return 1e6
        case "inch", "inches", "in", "\"": return 25_400
        default: return nil
        }
    }

    /// Whether pixels of this edge are what printers and screens use by default, such as 72 or 300
    /// dots an inch: set by programs that know no voxel size.
    static func isPrinterDefault(micrometres edge: Double) -> Bool {
        let dotsPerInch = 25_400 / edge
        // One pixel for a unit, whole inches or centimetres, is another way to say nothing.
        if dotsPerInch < 20 { return true }
        let usual: [Double] = [
            25.4, 50, 72, 75, 90, 96, 100, 120, 144, 150, 180, 200, 240, 254, 300, 360, 400, 600,
            720,
            1200, 2400,
        ]
        return usual.contains { abs(dotsPerInch - $0) < $0 * 2e-3 }
    }
}
