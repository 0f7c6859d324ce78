import Foundation
import Randomness
import Testing
import Volumes

@testable import Registration

/// A sum of plane waves in micrometres, whose means over boxes and Gaussians are known.
struct PlaneWaves: Sendable {
    struct Wave: Sendable {
        /// Cycles per um along (z, y, x).
        let frequency: SIMD3<Double>
        let amplitude: Double
        let phase: Double
    }

    let waves: [Wave]

    /// Waves of up to `most` cycles per um, in any direction (in the plane, for images).
    init(count: Int, most: Double, isImage: Bool = false, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        waves = (0..<count).map { _ in
            var direction = SIMD3<Double>.random(in: -1...1, using: &generator)
            if isImage { direction[0] = 0 }
            return Wave(
                frequency: direction / direction.length
                    * Double.random(in: (0.2 * most)...most, using: &generator),
                amplitude: .random(in: 0.5...1, using: &generator),
                phase: .random(in: 0...6.28, using: &generator))
        }
    }

    /// The mean over each voxel's box.
    func volume(_ shape: Shape, edge: SIMD3<Double>, offset: Double) -> Volume<Float> {
        Volume(shape: shape) { z, slice in
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let point = (SIMD3(Double(z), Double(y), Double(x)) + 0.5) * edge
                    slice[y * shape.width + x] = Float(
                        waves.reduce(offset) { sum, wave in
                            let f = wave.frequency
                            return sum + wave.amplitude * cos(phase(wave, point))
                                * mean(f[0] * edge[0]) * mean(f[1] * edge[1]) * mean(f[2] * edge[2])
                        })
                }
            }
        }
    }

    /// What a cell of LOW shows, its slope in HIGH and its derivative by the blur.
    struct Seen {
        var value = 0.0
        var slope = SIMD3<Double>()
        var blurSlope = 0.0
    }

    /// The mean of the waves over a box and a Gaussian of LOW whose middle lies at `point` of HIGH.
    func seen(
        _ point: SIMD3<Double>, pose: SpatialTransform, cell: SIMD3<Double>, blur: Double
    ) -> Seen {
        waves.reduce(into: Seen()) { seen, wave in
            let weight = wave.amplitude * Self.weight(wave, pose: pose, cell: cell, blur: blur)
            let angle = phase(wave, point)
            let square = Self.square(wave, pose)
            seen.value += weight * cos(angle)
            seen.slope -= wave.frequency * (2 * .pi * weight * sin(angle))
            seen.blurSlope -= 4 * .pi * .pi * blur * square * weight * cos(angle)
        }
    }

    private func phase(_ wave: Wave, _ point: SIMD3<Double>) -> Double {
        2 * .pi * (wave.frequency * point).sum() + wave.phase
    }

    /// Of the wave's frequency in LOW.
    private static func square(_ wave: Wave, _ pose: SpatialTransform) -> Double {
        let g = lowFrequency(wave, pose)
        return (g * g).sum()
    }

    /// A step along an axis of LOW is a column of the way back, in HIGH.
    private static func lowFrequency(_ wave: Wave, _ pose: SpatialTransform) -> SIMD3<Double> {
        let origin = pose.inverse(SIMD3(0, 0, 0))
        var g = SIMD3<Double>()
        for axis in 0..<3 {
            var unit = SIMD3<Double>()
            unit[axis] = 1
            g[axis] = (wave.frequency * (pose.inverse(unit) - origin)).sum()
        }
        return g
    }

    private static func weight(
        _ wave: Wave, pose: SpatialTransform, cell: SIMD3<Double>, blur: Double
    ) -> Double {
        let g = lowFrequency(wave, pose)
        return exp(-2 * .pi * .pi * blur * blur * (g * g).sum())
            * mean(g[0] * cell[0]) * mean(g[1] * cell[1]) * mean(g[2] * cell[2])
    }

    /// What cubic splines on a lattice get wrong of the value, of the slope, and of the blur's
    /// derivative at the most: they keep a wave of `f` cycles but for a share `r`, and add images of
    /// together `r`, along each axis, where `r` is the sum of `(f / (f + k))^4` over all whole `k` but
    /// zero; an image is steeper by `(f + k) / f`.
    func splineError(
        spacing: SIMD3<Double>, pose: SpatialTransform, cell: SIMD3<Double>, blur: Double
    ) -> Seen {
        waves.reduce(into: Seen()) { bound, wave in
            let size = wave.amplitude * abs(Self.weight(wave, pose: pose, cell: cell, blur: blur))
            for axis in 0..<3 {
                let f = wave.frequency[axis] * spacing[axis]
                for k in -3...3 where k != 0 {
                    let image = f + Double(k)
                    let share = pow(f / image, 4)
                    bound.value += 2 * share * size
                    bound.blurSlope +=
                        2 * share * size * 4 * .pi * .pi * blur * Self.square(wave, pose)
                    let steep = 2 * .pi * (abs(image) / spacing[axis] + wave.frequency.length)
                    bound.slope += SIMD3(repeating: share * size * steep)
                }
            }
        }
    }
}

@Suite struct `What cells of LOW see of HIGH` {
    static func pose(isImage: Bool, using generator: inout SplitMix64) -> SpatialTransform {
        var turn = SIMD3<Double>.random(in: -150...150, using: &generator)
        if isImage { turn = SIMD3(turn[0], 0, 0) }
        let isMirrored = Bool.random(using: &generator)
        var linear = SpatialTransform(
            rotationInDegrees: turn, scale: .random(in: 0.9...1.1, using: &generator),
            translation: SIMD3(0, 0, 0)
        ).linear
        if isImage { linear[0] = SIMD3(1, 0, 0) }
        if isMirrored { linear = linear.map { $0 * SIMD3(1, 1, -1) } }
        return SpatialTransform(
            linear: linear,
            translation: isImage ? SIMD3(0, 3, 4) : .random(in: -50...50, using: &generator))
    }

    /// Compares what is seen with what is known, at points at least `margin` um inside.
    static func compare(
        _ template: HighTemplate, _ waves: PlaneWaves, offset: Double, margin: Double,
        pose: SpatialTransform, cell: SIMD3<Double>, blur: Double, using generator: inout SplitMix64
    ) {
        let image = template.seen(pose: pose, cell: cell, blur: blur)
        let change = template.seen(pose: pose, cell: cell, blur: blur, part: .blurDerivative)
        let isImage = template.isImage
        var bound = waves.splineError(
            spacing: template.spacing, pose: pose, cell: cell, blur: blur)
        // Beyond the margin the mirrored border shines through by a few parts in 10^5, and numbers are
        // in single precision.
        bound.value += 2e-4
        bound.slope += 2e-4
        bound.blurSlope += 2e-4
        for _ in 0..<60 {
            var start = SIMD3<Double>()
            var step = SIMD3<Double>.random(in: -0.3...0.3, using: &generator)
            for axis in (isImage ? 1 : 0)..<3 {
                start[axis] = .random(
                    in: (margin + 1)...(template.extent[axis] - margin - 1), using: &generator)
            }
            if isImage { (start[0], step[0]) = (0.5 * template.spacing[0], 0) }
            image.forEach(count: 4, start: start, step: step, slopes: true) { i, sample in
                let wanted = waves.seen(
                    start + step * Double(i), pose: pose, cell: cell, blur: blur)
                #expect(abs(Double(sample.value) - offset - wanted.value) < bound.value)
                let slope = SIMD3<Double>(sample.slope) - wanted.slope
                #expect(max(slope.max(), -slope.min()) < bound.slope[0], "\(slope)")
            }
            change.forEach(count: 4, start: start, step: step, slopes: false) { i, sample in
                let wanted = waves.seen(
                    start + step * Double(i), pose: pose, cell: cell, blur: blur)
                #expect(abs(Double(sample.value) - wanted.blurSlope) < bound.blurSlope)
            }
        }
    }

    @Test(arguments: UInt64(0)..<4)
    func `is the mean over their box under the blur`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let edge = SIMD3(1.1, 0.9, 1)
        // Waves as short as a cell and a half.
        let waves = PlaneWaves(count: 6, most: 0.3, seed: seed)
        let shape = Shape(depth: 40, height: 46, width: 44)
        let template = HighTemplate(
            samples: waves.volume(shape, edge: edge, offset: 7), factors: SIMD3(1, 1, 1),
            edge: edge,
            extent: SIMD3(shape) * edge)
        Self.compare(
            template, waves, offset: 7, margin: 12,
            pose: Self.pose(isImage: false, using: &generator),
            cell: SIMD3(2, 2.2, 1.9), blur: 0.7, using: &generator)
    }

    @Test(arguments: UInt64(0)..<4)
    func `in the plane is the mean over their square`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let edge = SIMD3(1, 0.9, 1.2)
        let waves = PlaneWaves(count: 6, most: 0.3, isImage: true, seed: seed)
        let shape = Shape(depth: 1, height: 80, width: 70)
        let template = HighTemplate(
            samples: waves.volume(shape, edge: edge, offset: -3), factors: SIMD3(1, 1, 1),
            edge: edge, extent: SIMD3(shape) * edge)
        Self.compare(
            template, waves, offset: -3, margin: 14,
            pose: Self.pose(isImage: true, using: &generator), cell: SIMD3(1, 2.2, 1.9), blur: 0.7,
            using: &generator)
    }

    @Test(arguments: UInt64(0)..<3, [2, 3])
    func `does not change when HIGH is held on a coarser lattice`(seed: UInt64, factor: Int) throws
    {
        var generator = SplitMix64(seed: seed)
        let edge = SIMD3(1.0, 0.95, 1.05)
        let waves = PlaneWaves(count: 6, most: 0.3 / Double(factor), seed: seed)
        // Two more voxels than fill the lattice, and more slices than are read at once.
        let shape = Shape(depth: 36 * factor, height: 34 * factor + 1, width: 32 * factor + 1)
        var check = ScanCheck()
        let cell = SIMD3(repeating: 2.1 * Double(factor))
        let template = try HighTemplate(
            reading: waves.volume(shape, edge: edge, offset: 7), edge: edge, cell: cell,
            check: &check)
        #expect(template.shape == Shape(depth: 36, height: 34, width: 32))
        #expect(template.extent == SIMD3(shape) * edge)
        Self.compare(
            template, waves, offset: 7, margin: 12 * Double(factor),
            pose: Self.pose(isImage: false, using: &generator), cell: cell,
            blur: 0.35 * cell[0], using: &generator)
    }

    @Test func `is HIGH's mean where HIGH is flat`() {
        let template = HighTemplate(
            samples: Volume(shape: Shape(edge: 20), repeating: 5), factors: SIMD3(1, 1, 1),
            edge: SIMD3(repeating: 1), extent: SIMD3(repeating: 20))
        let view = template.seen(
            pose: SpatialTransform(
                rotationInDegrees: SIMD3(20, 30, 40), scale: 1, translation: SIMD3(0, 0, 0)),
            cell: SIMD3(repeating: 2), blur: 1)
        // From corner to corner, so into the margin.
        view.forEach(
            count: 21, start: SIMD3(0, 0, 0), step: SIMD3(repeating: 1), slopes: true
        ) { _, sample in
            #expect(abs(sample.value - 5) < 1e-5)
            #expect(abs(sample.slope.max()) < 1e-5)
        }
    }

    @Test func `near its border is what a mirror there would show`() {
        // Waves that are even about both ends go on as their mirror image, so nothing breaks off.
        let n = 32
        let values = Volume<Float>(shape: Shape(edge: n)) { z, slice in
            for y in 0..<n {
                for x in 0..<n {
                    slice[y * n + x] = Float(
                        cos(.pi * 4 * (Double(x) + 0.5) / Double(n))
                            + cos(.pi * 3 * (Double(z) + 0.5) / Double(n)))
                }
            }
        }
        let template = HighTemplate(
            samples: values, factors: SIMD3(1, 1, 1), edge: SIMD3(repeating: 1),
            extent: SIMD3(repeating: Double(n)))
        let view = template.seen(pose: .identity, cell: SIMD3(repeating: 2), blur: 0.7)
        func gain(_ f: Double) -> Double {
            mean(2 * f) / mean(f) * exp(-2 * .pi * .pi * 0.49 * f * f)
        }
        var worst = 0.0
        view.forEach(
            count: 2 * n, start: SIMD3(0.3, 16, 0.25), step: SIMD3(0, 0, 0.5), slopes: false
        ) { i, sample in
            let x = 0.25 + 0.5 * Double(i)
            let wanted =
                gain(2 / Double(n)) * cos(.pi * 4 * x / Double(n))
                + gain(1.5 / Double(n)) * cos(.pi * 3 * 0.3 / Double(n))
            worst = max(worst, abs(Double(sample.value) - wanted))
        }
        // The margin is six samples a side; what lies beyond is not mirrored but is far.
        #expect(worst < 2e-3, "\(worst)")
    }
}

/// The mean of a wave of `x` cycles over a unit, by its amplitude.
private func mean(_ x: Double) -> Double {
    x == 0 ? 1 : sin(.pi * x) / (.pi * x)
}
