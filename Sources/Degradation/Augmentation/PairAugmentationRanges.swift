import Randomness

/// The changes of a pair that training draws from.
public struct PairAugmentationRanges: Hashable, Sendable, Codable {
    /// Whether pairs are mirrored.
    public let flips: Bool
    /// Whether pairs are turned by quarters of a circle; of all ways that mirroring and turning allow,
    /// each is as likely.
    public let turns: Bool
    /// Whether the order of slices is reversed for half of the pairs, where pairs are mirrored.
    public let reversesSlices: Bool
    /// How often a pair is moved by a fraction of a LOW voxel along y and x.
    public let moveProbability: Double
    /// How often LOW is resized and back.
    public let detourProbability: Double
    /// By what factors.
    public let detourFactor: ClosedRange<Double>
    /// How often LOW is blurred.
    public let blurProbability: Double
    /// Standard deviations of the blur, in LOW voxels.
    public let blurSigma: ClosedRange<Double>
    /// How often LOW gets noise.
    public let noiseProbability: Double
    /// Standard deviations of the noise, in normalised grey values.
    public let noiseSigma: ClosedRange<Double>

    /// Turning alone: nothing is interpolated, and real pairs stay as scanned.
    public static let turnsOnly = PairAugmentationRanges(
        moveProbability: 0, detourProbability: 0, blurProbability: 0, noiseProbability: 0)

    /// Light changes, but for what is given.
    public init(
        flips: Bool = true, turns: Bool = true, reversesSlices: Bool = true,
        moveProbability: Double = 0.3, detourProbability: Double = 0.2,
        detourFactor: ClosedRange<Double> = 0.8...1.2, blurProbability: Double = 0.2,
        blurSigma: ClosedRange<Double> = 0.1...0.5, noiseProbability: Double = 0.2,
        noiseSigma: ClosedRange<Double> = 0...0.01
    ) {
        precondition(
            [moveProbability, detourProbability, blurProbability, noiseProbability].allSatisfy {
                (0...1).contains($0)
            }, "a probability lies in 0...1")
        precondition(
            detourFactor.lowerBound > 0 && blurSigma.lowerBound > 0 && noiseSigma.lowerBound >= 0,
            "factors and blurs are positive")
        self.flips = flips
        self.turns = turns
        self.reversesSlices = reversesSlices
        self.moveProbability = moveProbability
        self.detourProbability = detourProbability
        self.detourFactor = detourFactor
        self.blurProbability = blurProbability
        self.blurSigma = blurSigma
        self.noiseProbability = noiseProbability
        self.noiseSigma = noiseSigma
    }

    /// Chooses one change of a pair.
    ///
    /// - Parameters:
    ///   - scale: HIGH voxels along a LOW voxel; pairs move by whole HIGH voxels, up to half a LOW one.
    ///   - generator: The source of all choices, and of the seed of the noise.
    public func draw(
        scale: Int, using generator: inout some RandomNumberGenerator
    ) -> PairAugmentation {
        func coin() -> Bool { Bool.random(using: &generator) }
        func happens(_ probability: Double) -> Bool { generator.nextUnit() < probability }
        func filter() -> PairAugmentation.Detour.Filter {
            let filters = PairAugmentation.Detour.Filter.allCases
            return filters[Int.random(in: 0..<filters.count, using: &generator)]
        }
        // Both mirrored and transposed is turned by a quarter; mirrored along both axes, by a half.
        let (first, second) = (flips || turns ? coin() : false, flips || turns ? coin() : false)
        let orientation =
            flips
            ? SliceOrientation(
                flipsRows: first, flipsColumns: second, transposes: turns ? coin() : false)
            : SliceOrientation(
                flipsRows: first, flipsColumns: first != second, transposes: second)
        let reverses = flips && reversesSlices ? coin() : false
        let moves = happens(moveProbability)
        func distance() -> Int {
            moves ? Int.random(in: (-scale / 2)...(scale / 2), using: &generator) : 0
        }
        var detour: PairAugmentation.Detour?
        if happens(detourProbability) {
            detour = PairAugmentation.Detour(
                factor: .random(in: detourFactor, using: &generator), there: filter(),
                back: filter())
        }
        return PairAugmentation(
            orientation: orientation, reversesSlices: reverses, highRowsDown: distance(),
            highColumnsRight: distance(), detour: detour,
            blurSigma: happens(blurProbability) ? .random(in: blurSigma, using: &generator) : 0,
            noiseSigma: happens(noiseProbability) ? .random(in: noiseSigma, using: &generator) : 0,
            noiseSeed: generator.next())
    }
}
