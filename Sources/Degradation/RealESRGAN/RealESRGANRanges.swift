import Randomness

/// What the second-order degradation of Real-ESRGAN draws from (Wang et al. 2021,
/// doi:10.1109/ICCVW54120.2021.00217), for one channel and any whole scale.
///
/// Every patch draws for itself, where the reference shares resizings and tails within a batch.
public struct RealESRGANRanges: Hashable, Sendable, Codable {
    /// One of the two orders.
    public struct Order: Hashable, Sendable, Codable {
        /// The blurs.
        public let blur: BlurRanges
        /// How often the picture is blurred at all.
        public let blurProbability: Double
        /// The resizings.
        public let resize: ResizeRanges
        /// The noise.
        public let noise: PictureNoiseRanges
        /// The qualities of JPEG; `nil` leaves JPEG out.
        public let quality: ClosedRange<Double>?

        /// The first order as published.
        public static let first = Order(
            blur: .first, blurProbability: 1, resize: .first, noise: .first, quality: 30...95)
        /// The second order as published.
        public static let second = Order(
            blur: .second, blurProbability: 0.8, resize: .second, noise: .second, quality: 30...95)

        /// An order of the given stages.
        public init(
            blur: BlurRanges, blurProbability: Double, resize: ResizeRanges,
            noise: PictureNoiseRanges, quality: ClosedRange<Double>?
        ) {
            precondition((0...1).contains(blurProbability), "a probability lies in 0...1")
            self.blur = blur
            self.blurProbability = blurProbability
            self.resize = resize
            self.noise = noise
            self.quality = quality
        }
    }

    /// The first order.
    public let first: Order
    /// The second order; its resizing is relative to the size of LOW.
    public let second: Order
    /// How often a sinc ends the chain.
    public let finalSincProbability: Double
    /// In what steps LOW is stored.
    public let steps: GreySteps

    /// As published, but for what is given.
    public init(
        first: Order = .first, second: Order = .second, finalSincProbability: Double = 0.8,
        steps: GreySteps = .eightBits
    ) {
        precondition((0...1).contains(finalSincProbability), "a probability lies in 0...1")
        self.first = first
        self.second = second
        self.finalSincProbability = finalSincProbability
        self.steps = steps
    }

    /// Chooses the degradation of one patch.
    ///
    /// - Parameters:
    ///   - scale: HIGH pixels along a LOW pixel, from 1 to 8.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        scale: Int, using generator: inout some RandomNumberGenerator
    ) -> RealESRGANDegradation {
        let firstOrder = draw(first, &generator)
        let secondOrder = draw(second, &generator)
        let tail =
            generator.nextUnit() < 0.5
            ? RealESRGANDegradation.Tail.resizeFirst : .compressFirst
        let interpolation = ResizeRanges.drawInterpolation(using: &generator)
        var sinc: Blur?
        if generator.nextUnit() < finalSincProbability {
            let size = 2 * Int.random(in: second.blur.radii, using: &generator) + 1
            sinc = Blur(
                size: size,
                shape: .sinc(cutoff: .random(in: (Double.pi / 3)...Double.pi, using: &generator)))
        }
        return RealESRGANDegradation(
            scale: scale, first: firstOrder, second: secondOrder, tail: tail,
            finalInterpolation: interpolation, finalSinc: sinc, steps: steps,
            noiseSeed: generator.next())
    }

    private func draw(
        _ order: Order, _ generator: inout some RandomNumberGenerator
    ) -> RealESRGANDegradation.Order {
        var blur: Blur?
        if generator.nextUnit() < order.blurProbability {
            blur = order.blur.draw(using: &generator)
        }
        let resize = order.resize.draw(using: &generator)
        let noise = order.noise.draw(using: &generator)
        let jpeg = order.quality.map {
            ApproximateJPEG(quality: .random(in: $0, using: &generator))
        }
        return RealESRGANDegradation.Order(blur: blur, resize: resize, noise: noise, jpeg: jpeg)
    }
}
