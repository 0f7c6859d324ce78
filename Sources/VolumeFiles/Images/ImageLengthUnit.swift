/// Units of length as image files spell them.
enum ImageLengthUnit {
    /// Micrometres in one `name`; `nil` for pixels and unknown words.
    static func micrometres(in name: String) -> Double? {
        // ImageJ escapes the micro sign as text.
        let plain = name.replacing("\\u00B5", with: "u").replacing("\\u00b5", with: "u")
            .trimmingPrefix(while: \.isWhitespace)
        switch plain.lowercased() {
        case "inch", "inches", "in", "\"": return 25_400
        default: return LengthUnit.micrometres(in: String(plain))
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
