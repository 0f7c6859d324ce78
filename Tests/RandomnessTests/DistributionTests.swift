import Foundation
import Randomness
import Testing

@Suite struct `Distributions` {
    @Test func `unit numbers fill the interval evenly`() {
        var generator = Philox4x32(seed: 1, stream: 0)
        var counts = [Int](repeating: 0, count: 16)
        for _ in 0..<16_000 { counts[Int(generator.nextUnit() * 16)] += 1 }
        // Chi-square with 15 degrees of freedom exceeds 37.7 once in a thousand.
        let chiSquare = counts.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
        #expect(chiSquare < 37.7)
    }

    @Test func `normal numbers follow the Gaussian`() {
        var generator = Philox4x32(seed: 2, stream: 0)
        let normal = NormalDistribution(mean: 3, standardDeviation: 2)
        let numbers = (0..<20_000).map { _ in normal.draw(using: &generator) }.sorted()
        // Kolmogorov-Smirnov: the largest gap exceeds 1.95 / sqrt(n) once in a thousand.
        let gap = numbers.enumerated().map { rank, number in
            abs(0.5 * erfc(-(number - 3) / 2 / 2.0.squareRoot()) - (Double(rank) + 0.5) / 20_000)
        }.max()
        #expect((gap ?? 1) < 1.95 / 20_000.0.squareRoot())
    }

    @Test(arguments: [0.3, 4, 9.999, 10, 37, 800, 100_000])
    func `Poisson numbers follow their probabilities`(mean: Double) {
        var generator = Philox4x32(seed: 3, stream: UInt64(mean))
        let distribution = PoissonDistribution(mean: mean)
        let draws = 20_000
        var counts: [Int: Int] = [:]
        for _ in 0..<draws { counts[distribution.draw(using: &generator), default: 0] += 1 }
        // Neighbouring numbers are gathered until at least 25 are expected in a bin.
        var (chiSquare, bins) = (0.0, 0)
        var (expected, seen, seenBefore, expectedBefore) = (0.0, 0, 0, 0.0)
        let reach = Int(mean + 8 * mean.squareRoot() + 10)
        for number in max(0, Int(mean - 8 * mean.squareRoot()))...reach {
            let log = Double(number) * Foundation.log(mean) - mean - lgamma(Double(number) + 1)
            expected += exp(log) * Double(draws)
            seen += counts[number] ?? 0
            if expected >= 25 {
                chiSquare += pow(Double(seen) - expected, 2) / expected
                bins += 1
                (seenBefore, expectedBefore) = (seenBefore + seen, expectedBefore + expected)
                (expected, seen) = (0, 0)
            }
        }
        let rest = Double(draws) - expectedBefore
        if rest > 1 { chiSquare += pow(Double(draws - seenBefore) - rest, 2) / rest }
        // Mean of chi-square plus four standard deviations.
        let freedom = Double(bins)
        #expect(chiSquare < freedom + 4 * (2 * freedom).squareRoot())
    }

    @Test func `nothing comes where nothing is expected`() {
        var generator = Philox4x32(seed: 4, stream: 0)
        #expect(PoissonDistribution(mean: 0).draw(using: &generator) == 0)
    }
}
