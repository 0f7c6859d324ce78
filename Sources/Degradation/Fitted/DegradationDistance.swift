public import Volumes

/// How unlike real coarse scans synthetic ones are.
public struct DegradationDistance: Hashable, Sendable, Codable {
    /// The root mean square of the logarithm of the ratio of their powers, over spatial frequencies.
    public let spectrum: Double
    /// The area between their cumulative histograms, in grey values: how far grey values would have to
    /// be moved on average to make the histograms equal.
    public let histogram: Double

    /// A distance of known parts.
    init(spectrum: Double, histogram: Double) {
        self.spectrum = spectrum
        self.histogram = histogram
    }

    /// Compares volumes whose slices hold at least `blockEdge` pixels along each side.
    ///
    /// - Parameters:
    ///   - synthetic: Degraded HIGH.
    ///   - real: LOW, in normalised grey values too.
    ///   - blockEdge: The blocks of the spectra; an even number.
    public init(
        from synthetic: [Volume<Float>], to real: [Volume<Float>], blockEdge: Int = 16
    ) {
        spectrum = RadialSpectrum(of: synthetic, blockEdge: blockEdge)
            .distance(to: RadialSpectrum(of: real, blockEdge: blockEdge))
        // The area between cumulative histograms is that between sorted grey values.
        let (a, b) = (synthetic.flatMap(\.array).sorted(), real.flatMap(\.array).sorted())
        let quantiles = 1000
        var sum = 0.0
        for quantile in 0..<quantiles {
            let share = (Double(quantile) + 0.5) / Double(quantiles)
            sum += abs(
                Double(a[Int(share * Double(a.count))]) - Double(b[Int(share * Double(b.count))]))
        }
        histogram = sum / Double(quantiles)
    }
}
