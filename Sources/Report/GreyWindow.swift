/// The intensities that are drawn as black and as white.
public struct GreyWindow: Hashable, Sendable {
    /// At and below this intensity a pixel is black.
    public let black: Double
    /// At and above this intensity a pixel is white.
    public let white: Double

    /// A window between two finite intensities, `black` not above `white`. Both may be equal, as
    /// for a scan of one value: that value is then drawn as middle grey.
    public init(black: Double, white: Double) {
        precondition(
            black.isFinite && white.isFinite && black <= white,
            "a grey window lies between two finite intensities")
        self.black = black
        self.white = white
    }

    /// The grey level of an intensity; linear in between, rounded to the nearest. `nil` for NaN,
    /// which has none.
    public func grey(of intensity: Float) -> UInt8? {
        let value = Double(intensity)
        if value.isNaN { return nil }
        if white == black { return value < black ? 0 : value > black ? 255 : 128 }
        let fraction = (value - black) / (white - black)
        return UInt8((min(max(fraction, 0), 1) * 255).rounded())
    }
}
