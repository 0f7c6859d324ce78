import Foundation

/// The projections of eight slices, one in each lane, over half a turn.
///
/// View `k` of `n` looks along the angle `180° k / n`; its bins lie symmetrically about the rotation
/// axis at `u = x cos + y sin`.
public struct SinogramBrick: Sendable {
    /// Directions, spread evenly over half a turn.
    public let views: Int
    /// Samples of one view.
    public let bins: Int
    /// The width of a bin, in micrometres.
    public let binSizeInMicrometres: Double
    var values: [SIMD8<Float>]

    /// A sinogram of zeros.
    public init(views: Int, bins: Int, binSizeInMicrometres: Double) {
        precondition(views > 0 && bins > 0, "a sinogram has views and bins")
        precondition(binSizeInMicrometres > 0, "a bin has a positive width")
        self.views = views
        self.bins = bins
        self.binSizeInMicrometres = binSizeInMicrometres
        values = Array(repeating: SIMD8(repeating: 0), count: views * bins)
    }

    /// One bin of one view of one slice.
    public subscript(lane: Int, view: Int, bin: Int) -> Float {
        get { values[view * bins + bin][lane] }
        set { values[view * bins + bin][lane] = newValue }
    }

    /// Cosine and sine of a view's angle.
    static func direction(ofView view: Int, of views: Int) -> (cosine: Double, sine: Double) {
        let angle = Double.pi * Double(view) / Double(views)
        return (cos(angle), sin(angle))
    }
}
