/// Units of length as headers, attributes and settings spell them.
enum LengthUnit {
    /// Micrometres in one `name`, in any of its usual spellings; `nil` for others.
    static func micrometres(in name: String) -> Double? {
        // The micro sign exists twice in Unicode.
        switch name.lowercased() {
        case "um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre",
            "micrometres", "microm":
            1
        case "nm", "nanometer", "nanometers", "nanometre", "nanometres": 1e-3
        case "mm", "millimeter", "millimeters", "millimetre", "millimetres": 1e3
        case "cm", "centimeter", "centimeters", "centimetre", "centimetres": 1e4
        case "m", "meter", "meters", "metre", "metres": 1e6
        default: nil
        }
    }
}
