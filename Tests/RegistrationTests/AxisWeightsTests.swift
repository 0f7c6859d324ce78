import Foundation
import Testing

@testable import Registration

@Suite struct `Axis weights` {
    private let position: @Sendable (Int) -> Double = { 3.3 + 4.1 * Double($0) }

    private func apply(_ weights: AxisWeights, _ factors: [Float], to samples: [Double]) -> [Double]
    {
        (0..<weights.count).map { k in
            (0..<weights.taps).reduce(0) {
                $0 + Double(factors[k * weights.taps + $1]) * samples[weights.starts[k] + $1]
            }
        }
    }

    @Test func `keep constants everywhere and ramps inside`() {
        let ramp = (0..<60).map { 5 + 2 * (Double($0) + 0.5) }
        for weights in [
            AxisWeights.gaussian(
                count: 14, sampleCount: 60, sigma: 1.2, position: position),
            .interpolation(count: 14, sampleCount: 60, stretch: 1, position: position),
            .interpolation(count: 14, sampleCount: 60, stretch: 1.7, position: position),
        ] {
            for value in apply(weights, weights.values, to: Array(repeating: 7, count: 60)) {
                #expect(abs(value - 7) < 1e-5)
            }
            for (k, value) in apply(weights, weights.values, to: ramp).enumerated()
            where position(k) > 11 && position(k) < 49 {
                #expect(abs(value - 5 - 2 * position(k)) < 0.02)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 5])
    func `mirror scans shorter than the kernel`(sampleCount: Int) {
        let weights = AxisWeights.gaussian(
            count: 1, sampleCount: sampleCount, sigma: 2,
            position: { _ in Double(sampleCount) / 2 })
        #expect(weights.taps == sampleCount)
        #expect(abs(weights.values.reduce(0, +) - 1) < 1e-6)
    }
}
