import Foundation
import Randomness
import Volumes

/// A sum of plane waves, known at every place of a scan.
struct Waves: Sendable {
    private struct Wave: Sendable {
        /// Cycles per voxel along (z, y, x).
        let frequency: SIMD3<Double>
        let amplitude: Double
        let phase: Double
    }

    private let waves: [Wave]

    /// Waves that run in any direction (in the plane of an image), each of a length from `least` to
    /// `most` cycles per voxel.
    init(
        count: Int = 6, from least: Double = 0.02, to most: Double, inPlane: Bool = false,
        seed: UInt64
    ) {
        var generator = SplitMix64(seed: seed)
        waves = (0..<count).map { _ in
            var direction = SIMD3<Double>(repeating: 0)
            repeat {
                direction = .random(in: -1...1, using: &generator)
                if inPlane { direction[0] = 0 }
            } while (direction * direction).sum() > 1 || (direction * direction).sum() < 0.01
            let length = (direction * direction).sum().squareRoot()
            return Wave(
                frequency: direction / length * Double.random(in: least...most, using: &generator),
                amplitude: .random(in: 0.5...1, using: &generator),
                phase: .random(in: 0...6.28, using: &generator))
        }
    }

    /// The sum of the amplitudes.
    var contrast: Double { waves.reduce(0) { $0 + $1.amplitude } }

    /// No slope is steeper, per voxel.
    var steepness: Double {
        waves.reduce(0) {
            $0 + $1.amplitude * 2 * .pi * ($1.frequency * $1.frequency).sum().squareRoot()
        }
    }

    /// What interpolation by a spline of degree five gets wrong at the most: it keeps a wave of `f`
    /// cycles but for a share `r` and adds images of together `r`, along each axis, where `r` is the
    /// sum of `(f / (f + k))^6` over all whole `k` but zero.
    var splineError: Double {
        waves.reduce(0) { sum, wave in
            sum
                + (0..<3).reduce(0) { sum, axis in
                    let f = wave.frequency[axis]
                    let share = (1...3).reduce(0) {
                        $0 + pow(f / (f + Double($1)), 6) + pow(f / (f - Double($1)), 6)
                    }
                    return sum + 2 * share * wave.amplitude
                }
        }
    }

    /// The value at a place, in voxels from the scan's corner.
    func callAsFunction(_ place: SIMD3<Double>) -> Double {
        waves.reduce(0) {
            $0 + $1.amplitude * cos(2 * .pi * ($1.frequency * place).sum() + $1.phase)
        }
    }

    /// The values at the centres of voxels.
    func volume(_ shape: Shape) -> Volume<Float> {
        Volume(shape: shape) { z, slice in
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    slice[y * shape.width + x] = Float(
                        self(SIMD3(Double(z), Double(y), Double(x)) + 0.5))
                }
            }
        }
    }
}
