import Randomness

/// What the BSRGAN degradation draws from, for one channel and any whole scale.
///
/// The published ranges; the camera's processing is left out, as no model of it is published either.
/// Colour noise whose channels hang together becomes the noise of one of the channels.
public struct BSRGANRanges: Hashable, Sendable, Codable {
    /// How often a picture is halved first; the published chain does so at a scale of 4 alone.
    public let halvingProbability: Double
    /// Standard deviations of noise, in whole grey values of 255.
    public let noiseLevels: ClosedRange<Int>
    /// How often JPEG is one of the shuffled steps.
    public let jpegProbability: Double
    /// The qualities of JPEG.
    public let quality: ClosedRange<Int>

    /// As published, but for what is given.
    public init(
        halvingProbability: Double = 0.25, noiseLevels: ClosedRange<Int> = 2...25,
        jpegProbability: Double = 0.9, quality: ClosedRange<Int> = 30...95
    ) {
        precondition(
            (0...1).contains(halvingProbability) && (0...1).contains(jpegProbability),
            "a probability lies in 0...1")
        precondition(
            noiseLevels.lowerBound >= 0 && quality.lowerBound >= 1 && quality.upperBound <= 100,
            "noise is not negative, and a quality lies in 1...100")
        self.halvingProbability = halvingProbability
        self.noiseLevels = noiseLevels
        self.jpegProbability = jpegProbability
        self.quality = quality
    }

    /// Chooses the degradation of one patch.
    ///
    /// - Parameters:
    ///   - scale: HIGH pixels along a LOW pixel, from 1 to 8.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        scale: Int, using generator: inout some RandomNumberGenerator
    ) -> BSRGANDegradation {
        precondition((1...8).contains(scale), "a scale is a whole number from 1 to 8")
        func filter() -> BSRGANDegradation.Filter {
            let filters = BSRGANDegradation.Filter.allCases
            return filters[Int.random(in: 0..<filters.count, using: &generator)]
        }
        var rest = scale
        var halving: BSRGANDegradation.Halving?
        if scale == 4, generator.nextUnit() < halvingProbability {
            halving = generator.nextUnit() < 0.5 ? .plain(filter()) : .antialiased
            rest = 2
        }
        // 0 and 1 blur, 2 shrinks, 3 shrinks to LOW, 4 is noise, 5 JPEG.
        var order = Array(0..<6)
        order.shuffle(using: &generator)
        if let shrink = order.firstIndex(of: 2), let last = order.firstIndex(of: 3), shrink > last {
            order.swapAt(shrink, last)
        }
        var steps: [BSRGANDegradation.Step] = []
        for step in order {
            switch step {
            case 0, 1: steps.append(.blur(drawBlur(scale: rest, &generator)))
            case 2 where generator.nextUnit() < 0.75:
                let factor = Double.random(in: 1...Double(2 * rest), using: &generator)
                steps.append(.shrink(factor: factor, filter()))
            case 2:
                let sigma = Double.random(in: 0.1...(0.6 * Double(rest)), using: &generator)
                steps.append(.sample(sigma: sigma, stride: rest))
            case 3: steps.append(.shrinkToLow(filter()))
            case 4: steps.append(.noise(drawNoise(&generator)))
            default:
                if generator.nextUnit() < jpegProbability {
                    steps.append(.jpeg(GreyJPEG(quality: .random(in: quality, using: &generator))))
                }
            }
        }
        return BSRGANDegradation(
            scale: scale, halving: halving, steps: steps,
            finalJPEG: GreyJPEG(quality: .random(in: quality, using: &generator)),
            noiseSeed: generator.next())
    }

    private func drawBlur(
        scale: Int, _ generator: inout some RandomNumberGenerator
    ) -> Blur {
        let size = 2 * Int.random(in: 2...11, using: &generator) + 3
        // Below a hundredth of a pixel a Gaussian is one pixel, and its quadratic form overflows.
        if generator.nextUnit() < 0.5 {
            // Variances along the axes of an ellipse.
            let widest = 4 + Double(scale)
            let (along, across) = (widest * generator.nextUnit(), widest * generator.nextUnit())
            return Blur(
                size: size,
                shape: .gaussian(
                    BlurSpread(
                        sigmaAlong: max(along, 1e-4).squareRoot(),
                        sigmaAcross: max(across, 1e-4).squareRoot(),
                        angle: .random(in: 0...Double.pi, using: &generator))))
        }
        let sigma = (2 + 0.2 * Double(scale)) * generator.nextUnit()
        return Blur(size: size, shape: .gaussian(BlurSpread(sigma: max(sigma, 1e-2))))
    }

    private func drawNoise(_ generator: inout some RandomNumberGenerator) -> PictureNoise {
        let level = Double(Int.random(in: noiseLevels, using: &generator)) / 255
        guard generator.nextUnit() < 0.2 else { return .gaussian(sigma: level) }
        // One channel of three whose covariance has random axes and variances.
        let normal = NormalDistribution()
        var (sum, weights) = (0.0, 0.0)
        for _ in 0..<3 {
            let part = normal.draw(using: &generator)
            sum += part * part * generator.nextUnit()
            weights += part * part
        }
        return .gaussian(
            sigma: Double(noiseLevels.upperBound) / 255 * (sum / weights).squareRoot())
    }
}
