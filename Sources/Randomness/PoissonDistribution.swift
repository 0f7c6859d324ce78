public import Foundation

/// The number of events where `mean` are expected: photons in a detector pixel.
public struct PoissonDistribution: Hashable, Sendable {
    /// The expected number, zero or more.
    public let mean: Double

    /// A distribution of finite mean, at most 2^50; the mean is not negative.
    @inlinable
    public init(mean: Double) {
        precondition(mean >= 0 && mean <= 0x1p50, "a Poisson mean lies between 0 and 2^50")
        self.mean = mean
    }

    /// One number, exact at every mean: by inversion below 10, and above by transformed rejection
    /// (PTRS of Hörmann 1993, doi:10.1016/0167-6687(93)90997-4), whose cost does not grow.
    @inlinable
    public func draw(using generator: inout some RandomNumberGenerator) -> Int {
        mean < 10 ? invert(generator.nextUnit()) : reject(using: &generator)
    }

    /// The smallest number whose cumulative probability exceeds `unit`.
    @usableFromInline
    func invert(_ unit: Double) -> Int {
        var probability = exp(-mean)
        var cumulative = probability
        var number = 0
        while unit >= cumulative {
            number += 1
            probability *= mean / Double(number)
            let next = cumulative + probability
            // Past the mean the tail is below the last bit of a sum near one.
            if next == cumulative, Double(number) > mean { break }
            cumulative = next
        }
        return number
    }

    @inlinable
    func reject(using generator: inout some RandomNumberGenerator) -> Int {
        let b = 0.931 + 2.53 * mean.squareRoot()
        let a = -0.059 + 0.02483 * b
        let inverseAlpha = 1.1239 + 1.1328 / (b - 3.4)
        let squeeze = 0.9277 - 3.6224 / (b - 2)
        while true {
            let u = generator.nextUnit() - 0.5
            let v = generator.nextUnit()
            let distance = 0.5 - abs(u)
            let number = ((2 * a / distance + b) * u + mean + 0.43).rounded(.down)
            if distance >= 0.07, v <= squeeze { return Int(number) }
            if !(number >= 0) || (distance < 0.013 && v > distance) { continue }
            let density = number * log(mean) - mean - logFactorial(number)
            if log(v * inverseAlpha / (a / (distance * distance) + b)) <= density {
                return Int(number)
            }
        }
    }
}

/// ln(n!) to 1e-12 for whole n of zero or more: products below 10, Stirling's series above.
@inlinable
func logFactorial(_ number: Double) -> Double {
    if number < 10 {
        var product = 1.0
        var factor = 2.0
        while factor <= number {
            product *= factor
            factor += 1
        }
        return log(product)
    }
    let inverse = 1 / number
    let square = inverse * inverse
    let series = 1.0 / 12 - square * (1.0 / 360 - square * (1.0 / 1260 - square / 1680))
    return (number + 0.5) * log(number) - number + 0.918_938_533_204_672_74 + inverse * series
}
