import Randomness

/// The blurs one stage of the Real-ESRGAN degradation draws from.
public struct BlurRanges: Hashable, Sendable, Codable {
    /// How often each family of kernels that has a spread is drawn; they add to one.
    public struct Shares: Hashable, Sendable, Codable {
        /// Gaussians alike in all directions.
        public let isotropic: Double
        /// Gaussians of two standard deviations.
        public let anisotropic: Double
        /// Generalised Gaussians alike in all directions.
        public let generalisedIsotropic: Double
        /// Generalised Gaussians of two standard deviations.
        public let generalisedAnisotropic: Double
        /// Plateaus alike in all directions.
        public let plateauIsotropic: Double
        /// Plateaus of two standard deviations.
        public let plateauAnisotropic: Double

        /// As published.
        public static let published = Shares(
            isotropic: 0.45, anisotropic: 0.25, generalisedIsotropic: 0.12,
            generalisedAnisotropic: 0.03, plateauIsotropic: 0.12, plateauAnisotropic: 0.03)

        /// Shares that are not negative and add to one.
        public init(
            isotropic: Double, anisotropic: Double, generalisedIsotropic: Double,
            generalisedAnisotropic: Double, plateauIsotropic: Double, plateauAnisotropic: Double
        ) {
            let all = [
                isotropic, anisotropic, generalisedIsotropic, generalisedAnisotropic,
                plateauIsotropic, plateauAnisotropic,
            ]
            precondition(
                all.allSatisfy { $0 >= 0 } && abs(all.reduce(0, +) - 1) < 1e-9,
                "shares add to one")
            self.isotropic = isotropic
            self.anisotropic = anisotropic
            self.generalisedIsotropic = generalisedIsotropic
            self.generalisedAnisotropic = generalisedAnisotropic
            self.plateauIsotropic = plateauIsotropic
            self.plateauAnisotropic = plateauAnisotropic
        }
    }

    /// Half-sizes of kernels, each as likely: a radius of 3 makes 7 x 7 pixels.
    public let radii: ClosedRange<Int>
    /// Standard deviations along both axes, in pixels.
    public let sigma: ClosedRange<Double>
    /// How often a sinc takes the place of a kernel with a spread.
    public let sincProbability: Double
    /// The families of the others.
    public let shares: Shares
    /// Exponents of generalised Gaussians: half of them from below one, half from above.
    public let generalisedBeta: ClosedRange<Double>
    /// The largest exponent of plateaus: half of them have one, half from one to this.
    public let plateauBeta: Double

    /// The first stage as published.
    public static let first = BlurRanges(sigma: 0.2...3)
    /// The second stage as published.
    public static let second = BlurRanges(sigma: 0.2...1.5)

    /// The published ranges, but for what is given.
    public init(
        radii: ClosedRange<Int> = 3...10, sigma: ClosedRange<Double>,
        sincProbability: Double = 0.1, shares: Shares = .published,
        generalisedBeta: ClosedRange<Double> = 0.5...4, plateauBeta: Double = 2
    ) {
        precondition(radii.lowerBound >= 0 && sigma.lowerBound > 0, "kernels have an extent")
        precondition((0...1).contains(sincProbability), "a probability lies in 0...1")
        precondition(generalisedBeta.contains(1) && plateauBeta >= 1, "exponents lie about one")
        self.radii = radii
        self.sigma = sigma
        self.sincProbability = sincProbability
        self.shares = shares
        self.generalisedBeta = generalisedBeta
        self.plateauBeta = plateauBeta
    }

    /// Chooses one blur.
    public func draw(using generator: inout some RandomNumberGenerator) -> Blur {
        let size = 2 * Int.random(in: radii, using: &generator) + 1
        if generator.nextUnit() < sincProbability {
            // Small kernels cannot hold the rings of a low cutoff.
            let lowest = size < 13 ? Double.pi / 3 : .pi / 5
            return Blur(
                size: size, shape: .sinc(cutoff: .random(in: lowest...Double.pi, using: &generator))
            )
        }
        return Blur(size: size, shape: drawShape(using: &generator))
    }

    private func drawShape(using generator: inout some RandomNumberGenerator) -> BlurShape {
        var rest = generator.nextUnit()
        func falls(in share: Double) -> Bool {
            defer { rest -= share }
            return rest < share
        }
        if falls(in: shares.isotropic) { return .gaussian(spread(true, &generator)) }
        if falls(in: shares.anisotropic) { return .gaussian(spread(false, &generator)) }
        for (share, isotropic) in [
            (shares.generalisedIsotropic, true), (shares.generalisedAnisotropic, false),
        ] where falls(in: share) {
            let spread = spread(isotropic, &generator)
            let range =
                generator.nextUnit() < 0.5
                ? generalisedBeta.lowerBound...1 : 1...generalisedBeta.upperBound
            return .generalised(spread, beta: .random(in: range, using: &generator))
        }
        let spread = spread(falls(in: shares.plateauIsotropic), &generator)
        let beta =
            generator.nextUnit() < 0.5 ? 1 : Double.random(in: 1...plateauBeta, using: &generator)
        return .plateau(spread, beta: beta)
    }

    private func spread(
        _ isotropic: Bool, _ generator: inout some RandomNumberGenerator
    ) -> BlurSpread {
        let along = Double.random(in: sigma, using: &generator)
        if isotropic { return BlurSpread(sigma: along) }
        return BlurSpread(
            sigmaAlong: along, sigmaAcross: .random(in: sigma, using: &generator),
            angle: .random(in: -Double.pi...Double.pi, using: &generator))
    }
}
