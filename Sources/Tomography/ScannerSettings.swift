/// How a scan is taken and reconstructed.
public struct ScannerSettings: Hashable, Sendable, Encodable {
    /// How much of the object the detector sees.
    public enum DetectorField: Hashable, Sendable, Encodable {
        /// All of it.
        case wholeObject
        /// The circle about the reconstructed field, `margin` times its diameter wider: the rest of
        /// the object stays outside (interior tomography).
        case interior(margin: Double)
    }

    /// Views over half a turn for each pixel of the detector; π/2 samples the field fully.
    public let viewsPerPixel: Double
    /// Rays through each detector pixel, averaged as intensities.
    public let raysPerPixel: Int
    /// Standard deviation of the source and the detector's blur together, in detector pixels, along
    /// the detector and across the slices alike.
    public let blurInPixels: Double
    /// The photons; `nil` for a scan without noise.
    public let noise: PhotonNoise?
    /// The energies of the beam.
    public let spectrum: Spectrum
    /// The detector's errors.
    public let rings: RingArtefacts
    /// By how much the reconstruction misjudges the rotation axis, in detector pixels.
    public let axisErrorInPixels: Double
    /// Where the Hann window of the ramp filter reaches zero, in Nyquist frequencies: 1 is smooth, 2
    /// is sharp and noisier.
    public let filterCutoff: Double
    /// How much of the object the detector sees.
    public let detectorField: DetectorField

    /// Checks all values; the defaults are a scanner without faults.
    public init(
        viewsPerPixel: Double = 1.6, raysPerPixel: Int = 1, blurInPixels: Double = 0,
        noise: PhotonNoise? = nil, spectrum: Spectrum = .monochromatic,
        rings: RingArtefacts = .none, axisErrorInPixels: Double = 0, filterCutoff: Double = 1,
        detectorField: DetectorField = .wholeObject
    ) throws(TomographyError) {
        func check(
            _ name: String, _ value: Double, _ allowed: ClosedRange<Double>
        ) throws(TomographyError) {
            guard allowed.contains(value) else {
                throw .invalidSetting(
                    name: name, value: value,
                    allowed: "from \(allowed.lowerBound) to \(allowed.upperBound)")
            }
        }
        try check("views per detector pixel", viewsPerPixel, 0.01...10)
        try check("rays per detector pixel", Double(raysPerPixel), 1...64)
        try check("blur in detector pixels", blurInPixels, 0...10)
        try check("error of the rotation axis in pixels", axisErrorInPixels, -10...10)
        try check("cutoff of the filter", filterCutoff, 0.05...2)
        if case .interior(let margin) = detectorField {
            try check("margin of the detector's field", margin, 0...10)
        }
        self.viewsPerPixel = viewsPerPixel
        self.raysPerPixel = raysPerPixel
        self.blurInPixels = blurInPixels
        self.noise = noise
        self.spectrum = spectrum
        self.rings = rings
        self.axisErrorInPixels = axisErrorInPixels
        self.filterCutoff = filterCutoff
        self.detectorField = detectorField
    }
}
