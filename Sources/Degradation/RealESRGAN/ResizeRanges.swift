import Randomness
public import Resizing

/// A resizing that was drawn.
public struct PictureResize: Hashable, Sendable, Codable {
    /// Pixels afterwards for each one before, along each side.
    public let factor: Double
    /// How pixels are interpolated.
    public let interpolation: Interpolation
}

/// The resizings one stage of the Real-ESRGAN degradation draws from.
public struct ResizeRanges: Hashable, Sendable, Codable {
    /// How often a picture grows.
    public let growProbability: Double
    /// How often it shrinks; otherwise it keeps its size.
    public let shrinkProbability: Double
    /// From the smallest factor to the largest, with one between.
    public let factor: ClosedRange<Double>

    /// The interpolations, each as likely.
    static let interpolations = [Interpolation.area, .bilinear, .bicubic]

    /// The first stage as published.
    public static let first = ResizeRanges(
        growProbability: 0.2, shrinkProbability: 0.7, factor: 0.15...1.5)
    /// The second stage as published.
    public static let second = ResizeRanges(
        growProbability: 0.3, shrinkProbability: 0.4, factor: 0.3...1.2)

    /// Probabilities that add to one at most, and factors about one.
    public init(growProbability: Double, shrinkProbability: Double, factor: ClosedRange<Double>) {
        precondition(
            growProbability >= 0 && shrinkProbability >= 0
                && growProbability + shrinkProbability <= 1, "probabilities add to one at most")
        precondition(
            factor.lowerBound > 0 && factor.contains(1), "factors are positive and lie about one")
        self.growProbability = growProbability
        self.shrinkProbability = shrinkProbability
        self.factor = factor
    }

    /// Chooses one resizing.
    public func draw(using generator: inout some RandomNumberGenerator) -> PictureResize {
        let chance = generator.nextUnit()
        let chosen =
            if chance < growProbability {
                Double.random(in: 1...factor.upperBound, using: &generator)
            } else if chance < growProbability + shrinkProbability {
                Double.random(in: factor.lowerBound...1, using: &generator)
            } else { 1.0 }
        return PictureResize(
            factor: chosen, interpolation: ResizeRanges.drawInterpolation(using: &generator))
    }

    /// Chooses area, bilinear or bicubic.
    static func drawInterpolation(
        using generator: inout some RandomNumberGenerator
    ) -> Interpolation {
        interpolations[Int.random(in: 0..<interpolations.count, using: &generator)]
    }
}
