import Foundation
import Fourier
import Volumes

/// How a cell of LOW, a box in LOW's axes under a Gaussian, weighs the frequencies of HIGH.
struct CellAperture: Sendable {
    /// The phase pi * edge * frequency of each of the box's axes, per step of frequency along (z, y, x).
    private let phases: [SIMD3<Double>]
    /// LOW's frequency per step of frequency along (z, y, x), in cycles per um.
    private let steps: [SIMD3<Double>]
    private let blur: Double
    private let part: TemplateView.Part

    /// - Parameter step: Cycles per um of HIGH from one frequency to the next.
    init(
        pose: SpatialTransform, cell: SIMD3<Double>, blur: Double, isImage: Bool,
        part: TemplateView.Part, step: SIMD3<Double>
    ) {
        // A plane wave of HIGH with frequency f is one of LOW with the inverse transpose times f.
        let back = pose.inverse.linear
        let axes = isImage ? 1..<3 : 0..<3
        steps = axes.map { axis in
            SIMD3(back[0][axis], back[1][axis], back[2][axis]) * step
        }
        phases = zip(axes, steps).map { axis, step in step * (.pi * cell[axis]) }
        self.blur = blur
        self.part = part
    }

    /// Weighs one row of a spectrum: `source` times this aperture, times `factor` and `gains`.
    ///
    /// Along the row, sines advance by a rotation and the Gaussian by products, so that no function is
    /// evaluated per frequency.
    func fill(
        row: inout MutableSpan<ComplexFloat>, source: Span<ComplexFloat>, z: Int, y: Int,
        factor: Float, gains: Span<Float>
    ) {
        let start = SIMD3(Double(z), Double(y), 0)
        let c = 2 * Double.pi * Double.pi * blur * blur
        var (square, slope, bend) = (0.0, 0.0, 0.0)
        for step in steps {
            let f = (step * start).sum()
            square += f * f
            slope += 2 * f * step[2]
            bend += step[2] * step[2]
        }
        var gaussian = exp(-c * square)
        var ratio = exp(-c * (slope + bend))
        let ratioStep = exp(-2 * c * bend)
        var waves = phases.map { Wave(phase: ($0 * start).sum(), step: $0[2]) }
        while waves.count < 3 { waves.append(Wave(phase: 0, step: 0)) }
        var (a, b, d) = (waves[0], waves[1], waves[2])
        for x in 0..<row.count {
            var weight = a.sinc * b.sinc * d.sinc * gaussian
            if part == .blurDerivative {
                let n = Double(x)
                weight *= -4 * .pi * .pi * blur * (square + n * slope + n * n * bend)
            }
            row[x] = source[x] * (Float(weight) * factor * gains[x])
            gaussian *= ratio
            ratio *= ratioStep
            a.advance()
            b.advance()
            d.advance()
        }
    }

    /// `sin(phase) / phase` at evenly spaced phases.
    private struct Wave {
        private var phase: Double
        private var sine: Double
        private var cosine: Double
        private let step: Double
        private let stepSine: Double
        private let stepCosine: Double

        init(phase: Double, step: Double) {
            self.phase = phase
            self.step = step
            (sine, cosine) = (sin(phase), cos(phase))
            (stepSine, stepCosine) = (sin(step), cos(step))
        }

        var sinc: Double { abs(phase) < 1e-4 ? 1 - phase * phase / 6 : sine / phase }

        mutating func advance() {
            phase += step
            (sine, cosine) = (
                sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine
            )
        }
    }
}
