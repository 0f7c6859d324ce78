public import Tomography
public import Volumes

/// A sample to simulate: the rock, where it was put for each scan, and the two scanners.
public struct SimulationSettings: Hashable, Sendable, Encodable {
    /// How the plug lay for the HIGH scan, seen from the LOW scan.
    public struct Pose: Hashable, Sendable, Encodable {
        /// From the middle of the LOW field to the middle of the HIGH field (z, y, x), in LOW
        /// micrometres; `nil` to draw one that keeps HIGH inside LOW by two LOW voxels.
        public let offsetInMicrometres: SIMD3<Double>?
        /// The rotation vector (z, y, x) from HIGH to LOW, in degrees.
        public let rotationInDegrees: SIMD3<Double>
        /// How many LOW micrometres a HIGH micrometre is: off one where a scanner's voxel size is
        /// wrong.
        public let scale: Double

        /// Put back as it was, up to a shift.
        public init(
            offsetInMicrometres: SIMD3<Double>? = nil,
            rotationInDegrees: SIMD3<Double> = SIMD3(0, 0, 0), scale: Double = 1
        ) throws(DigitalRockError) {
            try check("scale between the scans", scale, 0.8...1.25)
            let angle = (rotationInDegrees * rotationInDegrees).sum().squareRoot()
            try check("rotation between the scans in degrees", angle, 0...180)
            self.offsetInMicrometres = offsetInMicrometres
            self.rotationInDegrees = rotationInDegrees
            self.scale = scale
        }
    }

    /// The extent of the LOW scan.
    public let lowShape: Shape
    /// The extent of the HIGH scan.
    public let highShape: Shape
    /// How many HIGH voxels a LOW voxel is wide.
    public let scale: Int
    /// The edge of a HIGH voxel.
    public let highVoxelInMicrometres: Double
    /// The porosity of the HIGH field, as a fraction: pores that are neither grain, cement nor clay.
    public let porosity: Double
    /// The rock.
    public let rock: RockSettings
    /// How the plug lay.
    public let pose: Pose
    /// The mean line integral along the plug's diameter if it were all quartz.
    public let opticalDepth: Double
    /// The scanner, for the LOW scan.
    public let lowScanner: ScannerSettings
    /// The scanner, for the HIGH scan.
    public let highScanner: ScannerSettings
    /// The grey values of the LOW scan.
    public let lowWindow: GreyWindow
    /// The grey values of the HIGH scan.
    public let highWindow: GreyWindow

    /// Checks all values; the scanners and windows are those of a laboratory scanner unless given.
    public init(
        lowShape: Shape = Shape(edge: 64), highShape: Shape = Shape(edge: 128), scale: Int = 4,
        highVoxelInMicrometres: Double = 3, porosity: Double = 0.2, rock: RockSettings? = nil,
        pose: Pose? = nil, opticalDepth: Double = 1.5, lowScanner: ScannerSettings? = nil,
        highScanner: ScannerSettings? = nil, lowWindow: GreyWindow? = nil,
        highWindow: GreyWindow? = nil
    ) throws(DigitalRockError) {
        try check("scale", Double(scale), 2...16)
        try check("HIGH voxel in um", highVoxelInMicrometres, 1e-3...1e4)
        try check("porosity", porosity, 0.02...0.45)
        try check("optical depth", opticalDepth, 0.05...6)
        self.lowShape = lowShape
        self.highShape = highShape
        self.scale = scale
        self.highVoxelInMicrometres = highVoxelInMicrometres
        self.porosity = porosity
        self.rock = if let rock { rock } else { try RockSettings() }
        try check(
            "HIGH voxel in grain diameters",
            highVoxelInMicrometres / self.rock.grainDiameterInMicrometres, 1e-3...0.05)
        self.pose = if let pose { pose } else { try Pose() }
        self.opticalDepth = opticalDepth
        do throws(TomographyError) {
            self.lowScanner =
                if let lowScanner { lowScanner } else { try .laboratoryLow(scale: scale) }
            self.highScanner = if let highScanner { highScanner } else { try .laboratoryHigh }
            self.lowWindow =
                if let lowWindow { lowWindow } else { try GreyWindow(air: 700, grain: 1050) }
            self.highWindow =
                if let highWindow { highWindow } else { try GreyWindow(air: 480, grain: 800) }
        } catch { throw .scan(error) }
        for (axis, low, high) in [
            ("z", lowShape.depth, highShape.depth), ("y", lowShape.height, highShape.height),
            ("x", lowShape.width, highShape.width),
        ] where (low - 4) * scale < high {
            throw .fieldTooSmall(
                lowInMicrometres: Double(low * scale) * highVoxelInMicrometres,
                highInMicrometres: Double(high) * highVoxelInMicrometres, axis: axis)
        }
    }

    /// The edge of a LOW voxel, in micrometres.
    public var lowVoxelInMicrometres: Double { highVoxelInMicrometres * Double(scale) }
}

extension ScannerSettings {
    /// The whole plug: some noise, a little blur and beam hardening, faint rings.
    static func laboratoryLow(scale: Int) throws(TomographyError) -> ScannerSettings {
        try ScannerSettings(
            raysPerPixel: (scale + 1) / 2, blurInPixels: 0.35,
            noise: PhotonNoise(photonsPerPixel: 12_000),
            spectrum: Spectrum(twoEnergiesWithSpread: 0.25),
            rings: RingArtefacts(
                gainError: 0.002, defectiveShare: 0.01, defectiveGainError: 0.008),
            filterCutoff: 1.5)
    }

    /// Its inside on small pixels, reconstructed sharply: noise about a sixth of the contrast between
    /// pores and grains, so that thresholds without denoising leave speckle.
    static var laboratoryHigh: ScannerSettings {
        get throws(TomographyError) {
            try ScannerSettings(
                blurInPixels: 0.25, noise: PhotonNoise(photonsPerPixel: 4_000),
                spectrum: Spectrum(twoEnergiesWithSpread: 0.25),
                rings: RingArtefacts(
                    gainError: 0.001, defectiveShare: 0.01, defectiveGainError: 0.006),
                filterCutoff: 2, detectorField: .interior(margin: 0.15))
        }
    }
}
