public import Foundation

/// A Gaussian.
public struct NormalDistribution: Hashable, Sendable {
    /// The mean.
    public let mean: Double
    /// The standard deviation, zero or more.
    public let standardDeviation: Double

    /// A Gaussian of finite mean and standard deviation; the latter is not negative.
    @inlinable
    public init(mean: Double = 0, standardDeviation: Double = 1) {
        precondition(
            mean.isFinite && standardDeviation.isFinite && standardDeviation >= 0,
            "a Gaussian has a finite mean and a standard deviation of zero or more")
        self.mean = mean
        self.standardDeviation = standardDeviation
    }

    /// One number, by Marsaglia's polar method (1964, doi:10.1137/1006063).
    ///
    /// The method's second number is not kept, so a draw depends on the generator alone.
    @inlinable
    public func draw(using generator: inout some RandomNumberGenerator) -> Double {
        while true {
            let u = 2 * generator.nextUnit() - 1
            let v = 2 * generator.nextUnit() - 1
            let square = u * u + v * v
            if square > 0, square < 1 {
                return mean + standardDeviation * u * (-2 * log(square) / square).squareRoot()
            }
        }
    }
}
