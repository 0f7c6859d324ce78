import Foundation

extension DegradationFit {
    /// The same fit for grey values that are normalised, where it was made for stored ones.
    ///
    /// Every scan has a window of its own, but a scanner's stored grey values mean the same in all of
    /// its scans: so pairs are fitted in stored values, and the fit is then seen through the windows of
    /// the sample whose patches are degraded.
    ///
    /// - Parameters:
    ///   - low: The stored grey values of LOW that become 0 and 1.
    ///   - high: The stored grey values of HIGH that become 0 and 1.
    public func normalised(
        low: ClosedRange<Double>, high: ClosedRange<Double>
    ) -> DegradationFit {
        let (lowWidth, highWidth) = (
            low.upperBound - low.lowerBound, high.upperBound - high.lowerBound
        )
        precondition(lowWidth > 0 && highWidth > 0, "a window has a width")
        func scaled(_ estimate: Estimate, _ factor: Double, from origin: Double = 0) -> Estimate {
            Estimate(
                value: (estimate.value - origin) * factor, spread: estimate.spread * factor)
        }
        return DegradationFit(
            scale: scale, sigmaInSlice: sigmaInSlice, sigmaAcrossSlices: sigmaAcrossSlices,
            gain: scaled(gain, highWidth / lowWidth),
            level: scaled(level, 1 / lowWidth, from: low.lowerBound),
            pivot: (pivot - high.lowerBound) / highWidth,
            noise: RadialSpectrum(
                blockEdge: noise.blockEdge,
                powers: noise.powers.map { $0 / (lowWidth * lowWidth) }),
            noiseSpread: noiseSpread, ringAmplitude: scaled(ringAmplitude, 1 / lowWidth))
    }
}
