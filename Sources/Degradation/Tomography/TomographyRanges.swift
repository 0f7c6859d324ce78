import Foundation
import Randomness

/// What the tomography degradation draws from. Lengths are in LOW pixels.
///
/// The ranges are proposals after what simulators and scanners do, as each says; fitting them to
/// registered pairs is better where there are any.
public struct TomographyRanges: Hashable, Sendable, Codable {
    /// Blur within slices, standard deviation: from a sharp detector to a worn scintillator.
    public let sigmaInSlice: ClosedRange<Double>
    /// Blur across slices, standard deviation.
    public let sigmaAcrossSlices: ClosedRange<Double>
    /// Photons of an unattenuated pixel in a view, drawn evenly over their logarithm: TomoPhantom has
    /// 1e4, TIGRE 6e4, LoDoPaB 4096.
    public let photonsPerPixel: ClosedRange<Double>
    /// The electronics' noise, in photons: TIGRE has 0.5 and shows 10.
    public let readoutInPhotons: ClosedRange<Double>
    /// Line integrals along the diameter: below 1 a scan has little contrast, above 4 little light.
    public let opticalDepth: ClosedRange<Double>
    /// Views over half a turn for each pixel: pi / 2 samples fully.
    public let viewsPerPixel: ClosedRange<Double>
    /// How often far fewer views are taken.
    public let sparseProbability: Double
    /// How many times fewer.
    public let sparsity: ClosedRange<Double>
    /// The reconstruction's window, in Nyquist frequencies: 2 is sharp and noisy.
    public let filterCutoff: ClosedRange<Double>
    /// Errors of the rotation axis. TomoPhantom draws whole pixels; what an operator overlooks is less.
    public let axisError: ClosedRange<Double>
    /// Cupping, middle against rim.
    public let cupping: ClosedRange<Double>
    /// The largest change of brightness over the field's radius: TomoPy has 0.2 before correction.
    public let drift: Double
    /// Errors of all detector pixels, in grey values of 0...1.
    public let ringAmplitude: ClosedRange<Double>
    /// The share of detector pixels that are worse: TomoPhantom and algotom take per cents.
    public let defectiveShare: ClosedRange<Double>
    /// Their errors, in grey values of 0...1.
    public let defectiveAmplitude: ClosedRange<Double>
    /// The share of wrong readings, most of which scanners remove: TomoPhantom takes half a per cent.
    public let streakShare: ClosedRange<Double>
    /// The error of a wrong reading, as a line integral.
    public let streakError: ClosedRange<Double>

    /// The proposed ranges, but for what is given.
    public init(
        sigmaInSlice: ClosedRange<Double> = 0.3...1.5,
        sigmaAcrossSlices: ClosedRange<Double> = 0.3...1.5,
        photonsPerPixel: ClosedRange<Double> = 1e3...1e5,
        readoutInPhotons: ClosedRange<Double> = 0...10,
        opticalDepth: ClosedRange<Double> = 1...4, viewsPerPixel: ClosedRange<Double> = 0.8...1.6,
        sparseProbability: Double = 0.1, sparsity: ClosedRange<Double> = 2...8,
        filterCutoff: ClosedRange<Double> = 0.6...2, axisError: ClosedRange<Double> = -0.5...0.5,
        cupping: ClosedRange<Double> = 0...0.15, drift: Double = 0.05,
        ringAmplitude: ClosedRange<Double> = 0...0.01,
        defectiveShare: ClosedRange<Double> = 0...0.02,
        defectiveAmplitude: ClosedRange<Double> = 0...0.03,
        streakShare: ClosedRange<Double> = 0...0.002, streakError: ClosedRange<Double> = 0.1...2
    ) {
        precondition(sigmaInSlice.lowerBound >= 0 && sigmaAcrossSlices.lowerBound >= 0)
        precondition(photonsPerPixel.lowerBound > 0 && readoutInPhotons.lowerBound >= 0)
        precondition(opticalDepth.lowerBound > 0 && viewsPerPixel.lowerBound > 0)
        precondition((0...1).contains(sparseProbability) && sparsity.lowerBound >= 1)
        precondition(filterCutoff.lowerBound > 0 && filterCutoff.upperBound <= 2)
        precondition(cupping.lowerBound >= 0 && cupping.upperBound < 1 && (0..<1).contains(drift))
        self.sigmaInSlice = sigmaInSlice
        self.sigmaAcrossSlices = sigmaAcrossSlices
        self.photonsPerPixel = photonsPerPixel
        self.readoutInPhotons = readoutInPhotons
        self.opticalDepth = opticalDepth
        self.viewsPerPixel = viewsPerPixel
        self.sparseProbability = sparseProbability
        self.sparsity = sparsity
        self.filterCutoff = filterCutoff
        self.axisError = axisError
        self.cupping = cupping
        self.drift = drift
        self.ringAmplitude = ringAmplitude
        self.defectiveShare = defectiveShare
        self.defectiveAmplitude = defectiveAmplitude
        self.streakShare = streakShare
        self.streakError = streakError
    }

    /// Chooses the scan of one patch.
    ///
    /// - Parameters:
    ///   - scale: HIGH pixels along a LOW pixel, from 1 to 8.
    ///   - place: Where the patch lies in its scan.
    ///   - greys: How the scan stores grey values.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        scale: Int, place: ScanPlace, greys: ScanGreys,
        using generator: inout some RandomNumberGenerator
    ) -> TomographyDegradation {
        func even(_ range: ClosedRange<Double>) -> Double { .random(in: range, using: &generator) }
        let photons = ReconstructedPhotons(
            photonsPerPixel: exp(
                even(log(photonsPerPixel.lowerBound)...log(photonsPerPixel.upperBound))),
            readoutInPhotons: even(readoutInPhotons), opticalDepth: even(opticalDepth),
            viewsPerPixel: even(viewsPerPixel))
        let isSparse = generator.nextUnit() < sparseProbability
        let rings = Rings(
            amplitude: even(ringAmplitude), defectiveShare: even(defectiveShare),
            defectiveAmplitude: even(defectiveAmplitude), halfTurn: generator.nextUnit() < 0.5)
        return TomographyDegradation(
            scale: scale, place: place, greys: greys, sigmaInSlice: even(sigmaInSlice),
            sigmaAcrossSlices: even(sigmaAcrossSlices), cupping: even(cupping),
            driftAlongRow: even(-drift...drift), driftAlongColumn: even(-drift...drift),
            filterCutoff: even(filterCutoff), axisError: even(axisError), photons: photons,
            rings: rings, streaks: Streaks(share: even(streakShare), error: even(streakError)),
            sparsity: isSparse ? even(sparsity) : nil, noiseSeed: generator.next())
    }
}
