/// A fraction of two 32-bit numbers, as TIFF stores resolutions.
struct Fraction: Hashable {
    let numerator: UInt32
    let denominator: UInt32

    /// The best fraction for a positive number that 32-bit terms can express, by continued
    /// fractions: 4/9 for 1/2.25. Numbers beyond their range become the nearest end of it.
    init(nearest value: Double) {
        precondition(value > 0 && value.isFinite, "a resolution is positive")
        let largest = Double(UInt32.max)
        guard value < largest, value > 1 / largest else {
            numerator = value > 1 ? .max : 1
            denominator = value > 1 ? 1 : .max
            return
        }
        var (p0, q0, p1, q1) = (0.0, 1.0, 1.0, 0.0)
        var rest = value
        while true {
            let whole = rest.rounded(.down)
            let (p, q) = (whole * p1 + p0, whole * q1 + q0)
            guard p <= largest, q <= largest else { break }
            (p0, q0, p1, q1) = (p1, q1, p, q)
            // A double has no more digits to give.
            guard rest > whole, abs(p1 / q1 - value) > value * 1e-16 else { break }
            rest = 1 / (rest - whole)
        }
        numerator = UInt32(p1)
        denominator = UInt32(q1)
    }
}
