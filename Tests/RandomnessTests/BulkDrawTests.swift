import Foundation
import Randomness
import Testing

@Suite struct `Numbers drawn in bulk` {
    @Test(arguments: UInt64(0)..<4)
    func `are Gaussian in every bin, tails too`(seed: UInt64) {
        let count = 1_000_000
        var values = [Float](repeating: 0, count: count)
        var generator = Philox4x32(seed: seed, stream: 3)
        var span = values.mutableSpan
        NormalDistribution(mean: 2, standardDeviation: 3).fill(&span, using: &generator)
        let edges = stride(from: -4.0, through: 4.0, by: 0.25).map { $0 }
        var counts = [Int](repeating: 0, count: edges.count + 1)
        for value in values {
            let z = (Double(value) - 2) / 3
            counts[min(max(Int(((z + 4) / 0.25).rounded(.down)) + 1, 0), edges.count)] += 1
        }
        func below(_ z: Double) -> Double { 0.5 * erfc(-z / 2.0.squareRoot()) }
        var chiSquare = 0.0
        for bin in counts.indices {
            let low = bin == 0 ? 0 : below(edges[bin - 1])
            let high = bin == edges.count ? 1 : below(edges[bin])
            let expected = Double(count) * (high - low)
            chiSquare += pow(Double(counts[bin]) - expected, 2) / expected
        }
        // Mean of chi-square plus four standard deviations.
        let freedom = Double(counts.count - 1)
        #expect(chiSquare < freedom + 4 * (2 * freedom).squareRoot())
        // Neighbours are independent.
        var product = 0.0
        for index in 1..<count {
            product += Double((values[index] - 2) * (values[index - 1] - 2)) / 9
        }
        #expect(abs(product / Double(count)) < 4 / Double(count).squareRoot())
    }

    @Test(arguments: [0.0, 0.3, 5, 40, 256, 3000])
    func `are Poisson in every bin`(mean: Double) {
        let count = 400_000
        let table = PoissonTable(means: [17, mean])
        var numbers = [Float](repeating: 0, count: count)
        var generator = Philox4x32(seed: 9, stream: 1)
        var span = numbers.mutableSpan
        table.draw([UInt8](repeating: 1, count: count).span, into: &span, using: &generator)
        if mean == 0 {
            #expect(numbers.allSatisfy { $0 == 0 })
            return
        }
        var counts: [Int: Int] = [:]
        for number in numbers { counts[Int(number), default: 0] += 1 }
        var (chiSquare, bins, used, usedExpected) = (0.0, 0, 0, 0.0)
        for number in 0...Int(mean + 8 * mean.squareRoot() + 10) {
            let log = Double(number) * Foundation.log(mean) - mean - lgamma(Double(number) + 1)
            let expected = exp(log) * Double(count)
            guard expected >= 25 else { continue }
            let seen = counts[number] ?? 0
            chiSquare += pow(Double(seen) - expected, 2) / expected
            bins += 1
            used += seen
            usedExpected += expected
        }
        let rest = Double(count) - usedExpected
        if rest > 1 { chiSquare += pow(Double(count - used) - rest, 2) / rest }
        #expect(chiSquare < Double(bins) + 4 * (2 * Double(bins)).squareRoot())
    }
}
