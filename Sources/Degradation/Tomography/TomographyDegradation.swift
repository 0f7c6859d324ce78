import Randomness
import Resizing
import Tomography
public import Volumes

/// A coarse scan of a patch that was drawn: what a scanner's optics, photons, detector and
/// reconstruction make of it, at the scan's own bit depth.
///
/// HIGH is blurred by the source's spot and the detector, which reconstruction makes alike in all
/// directions of a slice but not across slices, and averaged over LOW's voxels. Everything else acts
/// on LOW's pixels, in the order in which it comes about: cupping by beam hardening, slow drift, the
/// reconstruction's window and axis error, then rings, streaks and photon noise, whose form in a slice
/// is known without projecting it. Few views do depend on all that is in the slice, so a scan with few
/// views is projected and reconstructed for real, continued around the patch by its mirror images.
public struct TomographyDegradation: Hashable, Sendable, Codable {
    /// HIGH pixels along a LOW pixel.
    public let scale: Int
    /// Where the patch lies in its scan.
    public let place: ScanPlace
    /// How the scan stores grey values.
    public let greys: ScanGreys
    /// Standard deviation of the blur within slices, in LOW pixels.
    public let sigmaInSlice: Double
    /// Standard deviation of the blur across slices, in LOW pixels.
    public let sigmaAcrossSlices: Double
    /// By how much the middle of the plug appears less attenuating than its rim, 0...1.
    public let cupping: Double
    /// How much brighter things get over the radius of the field, towards the right.
    public let driftAlongRow: Double
    /// How much brighter things get over the radius of the field, downwards.
    public let driftAlongColumn: Double
    /// Where the Hann window of the ramp filter reaches zero, in Nyquist frequencies.
    public let filterCutoff: Double
    /// By how many LOW pixels the rotation axis is misjudged.
    public let axisError: Double
    /// The photons, the views and the plug's thickness.
    public let photons: ReconstructedPhotons
    /// Rings.
    public let rings: Rings
    /// Streaks of single wrong readings.
    public let streaks: Streaks
    /// How many times fewer views were taken than ``photons`` says, where the slice is projected for
    /// real; `nil` for enough views.
    public let sparsity: Double?
    /// The seed of photons, rings and streaks.
    public let noiseSeed: UInt64

    /// Scans a patch.
    ///
    /// - Parameter high: Normalised grey values. Rows and columns are multiples of the scale; so is the
    ///   number of slices, which are averaged too, unless there is one alone.
    /// - Returns: LOW, in normalised grey values that the scan could have stored.
    public func apply(to high: Volume<Float>) -> Volume<Float> {
        high.checkDivides(by: scale)
        precondition(
            high.shape.isImage || high.shape.depth.isMultiple(of: scale),
            "the slices of a patch are one, or a multiple of the scale")
        var low = detected(high)
        shade(&low)
        if sparsity == nil {
            ReconstructionFilter(cutoff: filterCutoff, axisError: axisError).apply(to: &low)
        }
        rings.add(to: &low, place: place, seed: noiseSeed)
        let taken = ReconstructedPhotons(
            photonsPerPixel: photons.photonsPerPixel, readoutInPhotons: photons.readoutInPhotons,
            opticalDepth: photons.opticalDepth,
            viewsPerPixel: photons.viewsPerPixel / (sparsity ?? 1))
        streaks.add(to: &low, place: place, greys: greys, photons: taken, seed: noiseSeed)
        var generator = Philox4x32(seed: noiseSeed, stream: 1)
        taken.add(
            to: &low, place: place, greys: greys, cutoff: filterCutoff, using: &generator)
        greys.quantise(&low)
        return low
    }

    /// What the detector's optics show: blurred and averaged over LOW's voxels, and reconstructed from
    /// few views if there are few.
    private func detected(_ high: Volume<Float>) -> Volume<Float> {
        let shape = high.shape
        if let sparsity {
            do throws(TomographyError) {
                return try reconstructed(high, sparsity: sparsity)
            } catch .noContrast {
                // A blank patch looks the same from any number of views.
            } catch {
                preconditionFailure("what was drawn is a scan: \(error)")
            }
        }
        return Resampling(
            depth: shape.isImage
                ? nil
                : AxisWeights(
                    averaging: shape.depth, cell: scale, sigma: sigmaAcrossSlices * Double(scale)),
            height: AxisWeights(
                averaging: shape.height, cell: scale, sigma: sigmaInSlice * Double(scale)),
            width: AxisWeights(
                averaging: shape.width, cell: scale, sigma: sigmaInSlice * Double(scale))
        ).apply(to: high)
    }

    private func reconstructed(
        _ high: Volume<Float>, sparsity: Double
    ) throws(TomographyError) -> Volume<Float> {
        try simulateCoarseScan(
            of: high, scale: scale,
            settings: ScannerSettings(
                viewsPerPixel: photons.viewsPerPixel / sparsity, raysPerPixel: scale,
                blurInPixels: sigmaInSlice, axisErrorInPixels: axisError,
                filterCutoff: filterCutoff),
            opticalDepth: photons.opticalDepth, seed: noiseSeed)
    }

    /// Cupping and drift: what beam hardening and a source that is not steady do to brightness.
    private func shade(_ low: inout Volume<Float>) {
        guard cupping != 0 || driftAlongRow != 0 || driftAlongColumn != 0 else { return }
        let shape = low.shape
        let air = Float(greys.air)
        low.withMutableVoxels { voxels in
            for line in 0..<(shape.depth * shape.height) {
                let y = line % shape.height
                for x in 0..<shape.width {
                    let share = min(place.radius(y: y, x: x) / place.fieldRadius, 1)
                    let down = (Double(y) + 0.5 - place.axisRow) / place.fieldRadius
                    let right = (Double(x) + 0.5 - place.axisColumn) / place.fieldRadius
                    let gain =
                        (1 - cupping * (1 - share * share))
                        * (1 + driftAlongColumn * down + driftAlongRow * right)
                    let index = line * shape.width + x
                    voxels[index] = air + (voxels[index] - air) * Float(gain)
                }
            }
        }
    }
}
