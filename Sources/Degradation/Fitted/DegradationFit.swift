import Foundation
import Volumes

/// A degradation fitted to registered pairs of one scanner, and how much it varies between places.
///
/// The blur is that which makes HIGH most like LOW, beside a line between their grey values. The noise
/// is what of LOW's power hangs together with nothing in HIGH, frequency by frequency; rings are what circles about the rotation axis share more than circles elsewhere.
/// Pairs are of training samples only: held-out ones tell whether it generalises.
public struct DegradationFit: Hashable, Sendable, Codable {
    /// A fitted number and its standard deviation between parts of the pairs.
    public struct Estimate: Hashable, Sendable, Codable {
        /// The number for all pairs together.
        public let value: Double
        /// The standard deviation between parts of the pairs.
        public let spread: Double
    }

    /// HIGH pixels along a LOW pixel.
    public let scale: Int
    /// The standard deviation of the blur within slices, in LOW pixels.
    public let sigmaInSlice: Estimate
    /// The standard deviation of the blur across slices, in LOW pixels.
    public let sigmaAcrossSlices: Estimate
    /// LOW's grey values for a grey value of HIGH.
    public let gain: Estimate
    /// LOW's grey value at ``pivot``: drawn apart from the gain.
    public let level: Estimate
    /// HIGH's mean grey value.
    public let pivot: Double
    /// The power of the noise.
    public let noise: RadialSpectrum
    /// The standard deviation, between parts of the pairs, of the logarithm of the fine noise's power:
    /// of the upper half of frequencies, where LOW shows little else.
    public let noiseSpread: Double
    /// The standard deviation of ring errors, in grey values.
    public let ringAmplitude: Estimate

    /// Numbers as they are.
    init(
        scale: Int, sigmaInSlice: Estimate, sigmaAcrossSlices: Estimate, gain: Estimate,
        level: Estimate, pivot: Double, noise: RadialSpectrum, noiseSpread: Double,
        ringAmplitude: Estimate
    ) {
        self.scale = scale
        self.sigmaInSlice = sigmaInSlice
        self.sigmaAcrossSlices = sigmaAcrossSlices
        self.gain = gain
        self.level = level
        self.pivot = pivot
        self.noise = noise
        self.noiseSpread = noiseSpread
        self.ringAmplitude = ringAmplitude
    }

    /// Fits pairs of one scale, in grey values that mean the same in all of them.
    ///
    /// - Parameters:
    ///   - pairs: At least one; their slices hold at least 16 x 16 LOW voxels.
    ///   - parts: Into how many parts a pair is cut to see how much numbers vary.
    /// - Throws: ``DegradationError/nothingToFit(reason:)``.
    /// - Complexity: About a hundred blurs of all HIGH voxels.
    public init(
        to pairs: [RegisteredPair], parts: Int = 4
    ) throws(DegradationError) {
        guard let scale = pairs.first?.scale, pairs.allSatisfy({ $0.scale == scale }) else {
            throw .nothingToFit(reason: "pairs of one scale are needed; fit each scale alone")
        }
        let extent = pairs.map { min($0.low.shape.height, $0.low.shape.width) }.min() ?? 0
        guard extent >= 16 else {
            throw .nothingToFit(
                reason: "a pair has \(extent) LOW voxels along a side; at least 16 are needed")
        }
        let edge = min(32, extent / 2 * 2)
        self.scale = scale
        let whole = try PartFit(pairs, edge: edge, near: nil)
        let pieces = pairs.flatMap { $0.parts(parts, least: edge) }
        var fits: [PartFit] = []
        for piece in pieces { fits.append(try PartFit([piece], edge: edge, near: whole)) }
        func estimate(_ value: (PartFit) -> Double) -> Estimate {
            Estimate(value: value(whole), spread: deviation(fits.map(value)))
        }
        let pivot = whole.modelMean
        self.pivot = pivot
        sigmaInSlice = estimate { $0.inSlice }
        sigmaAcrossSlices = estimate { $0.acrossSlices }
        gain = estimate { $0.line.gain }
        level = estimate { $0.line.offset + $0.line.gain * pivot }
        noise = whole.noise
        noiseSpread = deviation(fits.map { log(max($0.fineNoise, .leastNormalMagnitude)) })
        ringAmplitude = estimate { $0.ringVariance.squareRoot() }
    }
}

private func deviation(_ values: [Double]) -> Double {
    guard values.count > 1 else { return 0 }
    let mean = values.reduce(0, +) / Double(values.count)
    return (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - 1))
        .squareRoot()
}

/// The numbers of some pairs.
private struct PartFit {
    var inSlice = 0.5
    var acrossSlices = 0.5
    var line: GreyLine
    var modelMean = 0.0
    var noise: RadialSpectrum
    var noiseVariance = 0.0
    var fineNoise = 0.0
    var ringVariance = 0.0

    /// - Parameter near: Where to begin, and how far the noise's shape is known already.
    init(
        _ pairs: [RegisteredPair], edge: Int, near: PartFit?
    ) throws(DegradationError) {
        let low = pairs.flatMap { $0.low.array }
        func models(_ inSlice: Double, _ acrossSlices: Double) -> [Volume<Float>] {
            pairs.map {
                FittedDegradation.blurred(
                    $0.high, scale: $0.scale, inSlice: inSlice, acrossSlices: acrossSlices)
            }
        }
        func misfit(_ inSlice: Double, _ acrossSlices: Double) -> Double {
            GreyLine(models(inSlice, acrossSlices).flatMap { $0.array }, low, trims: 0).residual
        }
        (inSlice, acrossSlices) = (near?.inSlice ?? 0.5, near?.acrossSlices ?? 0.5)
        let reach = near == nil ? 0.02...3.0 : 0.02...max(2 * max(inSlice, acrossSlices), 0.5)
        for _ in 0..<(near == nil ? 3 : 1) {
            let across = acrossSlices
            inSlice = lowest(in: reach) { misfit($0, across) }
            let within = inSlice
            acrossSlices = lowest(in: reach) { misfit(within, $0) }
        }
        let blurred = models(inSlice, acrossSlices)
        let model = blurred.flatMap { $0.array }
        line = GreyLine(model, low)
        guard line.gain > 0 else {
            throw .nothingToFit(
                reason: "LOW does not get brighter where HIGH does; check the registration")
        }
        modelMean = model.reduce(0) { $0 + Double($1) } / Double(model.count)
        let (gain, offset) = (Float(line.gain), Float(line.offset))
        var rest = RadialSpectrum(
            of: pairs.map(\.low), incoherentWith: blurred, blockEdge: edge
        ).powers
        // Blocks lose their mean, and so the power of the lowest frequency.
        rest[0] = min(rest[0], rest[1])
        let residuals = zip(pairs, blurred).map { pair, model in
            (
                Volume(
                    shape: pair.low.shape,
                    voxels: zip(pair.low.array, model.array).map { $0 - gain * $1 - offset }),
                pair.place
            )
        }
        noise = RadialSpectrum(blockEdge: edge, powers: rest)
        noiseVariance = noise.variance
        fineNoise = noise.powers[(edge / 4)...(edge / 2)].reduce(0, +)
        ringVariance = min(RingStrength.variance(of: residuals), noiseVariance)
        // Rings are part of that power, two thirds of it after interpolation between pixels.
        if noiseVariance > 0 {
            let share = 1 - 2 / 3 * ringVariance / noiseVariance
            noise = RadialSpectrum(blockEdge: edge, powers: rest.map { $0 * share })
        }
    }
}

/// Where a function of one valley is lowest, to a five-hundredth, by sections of the golden ratio.
private func lowest(in range: ClosedRange<Double>, _ value: (Double) -> Double) -> Double {
    let ratio = (5.0.squareRoot() - 1) / 2
    var (low, high) = (range.lowerBound, range.upperBound)
    var (left, right) = (high - ratio * (high - low), low + ratio * (high - low))
    var (atLeft, atRight) = (value(left), value(right))
    while high - low > 0.004 {
        if atLeft < atRight {
            (high, right, atRight) = (right, left, atLeft)
            left = high - ratio * (high - low)
            atLeft = value(left)
        } else {
            (low, left, atLeft) = (left, right, atRight)
            right = low + ratio * (high - low)
            atRight = value(right)
        }
    }
    return (low + high) / 2
}

extension RadialSpectrum {
    /// The variance of a slice of this power: its mean over the frequencies of the plane.
    var variance: Double {
        let grid = FrequencyGrid(height: blockEdge, width: blockEdge)
        var (sum, count) = (0.0, 0.0)
        for (index, power) in grid.map({ self.power(at: hypot($0, $1)) }).enumerated() {
            let x = index % grid.spectrumWidth
            let weight = x == 0 || 2 * x == blockEdge ? 1.0 : 2.0
            sum += weight * power
            count += weight
        }
        return sum / count
    }
}
