import Foundation
import Randomness
import Registration

/// Shifts of blocks over a cube of a millimetre, with a known drift and seeded noise. A HIGH voxel
/// is a micrometre.
struct BlockField {
    /// A displacement in micrometres as a function of -1...1 along z.
    enum Drift: CaseIterable {
        case heating, parabola, wave

        /// The components that are not zero.
        var axes: [Int] {
            switch self {
            case .heating: [0]
            case .parabola: [1]
            case .wave: [1, 2]
            }
        }

        func callAsFunction(_ position: SIMD3<Double>, amplitude: Double) -> SIMD3<Double> {
            let t = position[0] / 500 - 1
            return switch self {
            case .heating: SIMD3(amplitude * t, 0, 0)
            case .parabola: SIMD3(0, amplitude * (2 * t * t - 1), 0)
            case .wave: SIMD3(0, sin(.pi * t), cos(.pi * t)) * amplitude
            }
        }
    }

    var blocks: [BlockShift] = []
    private let drift: Drift?
    private let amplitude: Double

    /// Blocks of `shape`, one layer of them being an image.
    ///
    /// - Parameters:
    ///   - noise: The standard deviation of most shifts along each axis.
    ///   - isUneven: Whether it differs between blocks, by a factor of 1.65 up or down, and one
    ///     block in twenty is matched to a wrong place, two micrometres away.
    ///   - isRagged: Whether blocks lie anywhere.
    init(
        _ shape: SIMD3<Int>, drift: Drift? = nil, amplitude: Double = 0, noise: Double = 0.1,
        isUneven: Bool = false, isRagged: Bool = false, seed: UInt64
    ) {
        (self.drift, self.amplitude) = (drift, amplitude)
        var generator = SplitMix64(seed: seed)
        let normal = NormalDistribution()
        let measured = shape[0] == 1 ? SIMD3(0.0, 1, 1) : SIMD3(1, 1, 1)
        for index in 0..<(shape[0] * shape[1] * shape[2]) {
            let place = SIMD3(
                index / (shape[1] * shape[2]), index / shape[2] % shape[1], index % shape[2])
            var position = (SIMD3<Double>(place) + 0.5) / SIMD3<Double>(shape) * 1000
            if isRagged {
                for axis in 0..<3 { position[axis] = 1000 * generator.nextUnit() }
            }
            let factor = isUneven ? exp(0.5 * normal.draw(using: &generator)) : 1
            let isWrong = isUneven && generator.nextUnit() < 0.05
            var error = SIMD3<Double>()
            for axis in 0..<3 {
                error[axis] = (isWrong ? 2 : noise * factor) * normal.draw(using: &generator)
            }
            let truth = drift.map { $0(position, amplitude: amplitude) } ?? SIMD3()
            // Fits are optimists: they take their variance to be a quarter of what it is.
            let variance = noise * noise * factor * factor / 4
            blocks.append(
                BlockShift(
                    position: position, shift: (truth + error) * measured,
                    covariance: ShiftCovariance(variances: variance * measured), correlation: 0.9,
                    cells: 1000))
        }
    }

    /// The root of the mean squared difference, over blocks, of a displacement and the true drift.
    func error(of displacement: SmoothDisplacement) -> Double {
        let squares = blocks.map { block in
            let difference =
                displacement(block.position)
                - (drift.map { $0(block.position, amplitude: amplitude) } ?? SIMD3())
            return (difference * difference).sum()
        }
        return (squares.reduce(0, +) / Double(squares.count)).squareRoot()
    }
}

extension BlockShift {
    /// This block, elsewhere, with another shift or less sure of it.
    func with(
        position: SIMD3<Double>? = nil, shift: SIMD3<Double>? = nil, variance: Double? = nil
    ) -> BlockShift {
        BlockShift(
            position: position ?? self.position, shift: shift ?? self.shift,
            covariance: variance.map { ShiftCovariance(variances: SIMD3(repeating: $0)) }
                ?? covariance,
            correlation: correlation, cells: cells)
    }
}
