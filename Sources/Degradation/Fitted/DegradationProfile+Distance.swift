import Randomness

extension DegradationProfile {
    /// How far what this profile makes of HIGH is from LOW: the mean over pairs and draws.
    ///
    /// Held-out pairs tell whether a fit generalises; ``standard`` on the same pairs is what it is
    /// compared with.
    ///
    /// - Parameters:
    ///   - pairs: Pairs in normalised grey values, at least one, each with how its scan stores them.
    ///   - draws: Degradations drawn for each pair.
    ///   - blockEdge: The blocks of the spectra, as ``DegradationDistance`` takes them.
    ///   - seed: The seed of all draws.
    public func distance(
        to pairs: [(pair: RegisteredPair, greys: ScanGreys)], draws: Int = 10, blockEdge: Int = 16,
        seed: UInt64
    ) -> DegradationDistance {
        precondition(!pairs.isEmpty && draws > 0, "a distance is measured on pairs")
        var generator = SplitMix64(seed: seed)
        var (spectrum, histogram) = (0.0, 0.0)
        for (pair, greys) in pairs {
            for _ in 0..<draws {
                let drawn = draw(
                    scale: pair.scale, place: pair.place, greys: greys, using: &generator)
                let distance = DegradationDistance(
                    from: [drawn.apply(to: pair.high)], to: [pair.low], blockEdge: blockEdge)
                spectrum += distance.spectrum
                histogram += distance.histogram
            }
        }
        let count = Double(pairs.count * draws)
        return DegradationDistance(spectrum: spectrum / count, histogram: histogram / count)
    }
}
