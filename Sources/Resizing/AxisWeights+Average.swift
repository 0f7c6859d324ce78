import Foundation

extension AxisWeights {
    /// Blurs an axis by a Gaussian and averages it over whole cells: what a coarser detector sees.
    ///
    /// An input is a box one sample wide, and output `o` the mean of the blurred axis over
    /// `o * cell ..< (o + 1) * cell`. The weights are exact: differences of the Gaussian's second
    /// primitive. Beyond the ends the axis is mirrored.
    ///
    /// - Parameters:
    ///   - inputCount: Samples of the original axis, a multiple of `cell`.
    ///   - cell: Samples in a cell.
    ///   - sigma: Standard deviation of the Gaussian, in samples of the original axis.
    public init(averaging inputCount: Int, cell: Int, sigma: Double) {
        precondition(cell > 0 && inputCount.isMultiple(of: cell), "cells fill the axis")
        precondition(sigma >= 0 && sigma.isFinite, "a blur is not negative")
        func ramp(_ z: Double) -> Double {
            guard sigma > 0 else { return max(z, 0) }
            let t = z / sigma
            return z * 0.5 * erfc(-t / 2.0.squareRoot())
                + sigma * exp(-t * t / 2) / (2 * Double.pi).squareRoot()
        }
        // Beyond five standard deviations a Gaussian holds less than the last bit of a Float.
        let margin = Int((5.5 * sigma).rounded(.up))
        let reach = cell + 2 * margin
        // All cells have the same weights, and only the folding at the ends differs.
        let second = (0...(reach + 1)).map { index in
            let z = Double(index - margin - 1)
            return ramp(z + 1) - ramp(z + 1 - Double(cell))
        }
        var shared = (0..<reach).map { second[$0 + 1] - second[$0] }
        let sum = shared.reduce(0, +)
        for tap in shared.indices { shared[tap] /= sum }
        self.init(
            inputCount: inputCount, outputCount: inputCount / cell, reach: reach, border: .mirrored
        ) { output, weights in
            for tap in 0..<reach { weights[tap] = shared[tap] }
            return output * cell - margin
        }
    }
}
