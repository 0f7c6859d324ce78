import Randomness

/// The noise one stage of the Real-ESRGAN degradation draws from.
public struct PictureNoiseRanges: Hashable, Sendable, Codable {
    /// How often the noise is Gaussian; otherwise it is Poisson.
    public let gaussianProbability: Double
    /// Standard deviations of Gaussian noise, in grey values of 0...1.
    public let sigma: ClosedRange<Double>
    /// Strengths of Poisson noise, see ``PictureNoise/poisson(strength:)``.
    public let strength: ClosedRange<Double>

    /// The first stage as published.
    public static let first = PictureNoiseRanges(sigma: (1 / 255)...(30 / 255), strength: 0.05...3)
    /// The second stage as published.
    public static let second = PictureNoiseRanges(
        sigma: (1 / 255)...(25 / 255), strength: 0.05...2.5)

    /// Ranges that are not negative.
    public init(
        gaussianProbability: Double = 0.5, sigma: ClosedRange<Double>,
        strength: ClosedRange<Double>
    ) {
        precondition((0...1).contains(gaussianProbability), "a probability lies in 0...1")
        precondition(sigma.lowerBound >= 0 && strength.lowerBound >= 0, "noise is not negative")
        self.gaussianProbability = gaussianProbability
        self.sigma = sigma
        self.strength = strength
    }

    /// Chooses one noise.
    public func draw(using generator: inout some RandomNumberGenerator) -> PictureNoise {
        generator.nextUnit() < gaussianProbability
            ? .gaussian(sigma: .random(in: sigma, using: &generator))
            : .poisson(strength: .random(in: strength, using: &generator))
    }
}
