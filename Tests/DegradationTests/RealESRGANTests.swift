import Foundation
import Randomness
import Resizing
import Testing
import Volumes

@testable import Degradation

/// A smooth picture that other programs can make too.
func waves(_ height: Int, _ width: Int) -> Volume<Float> {
    var voxels: [Float] = []
    for y in 0..<height {
        for x in 0..<width {
            let (y, x) = (Double(y), Double(x))
            let grey = 0.5 + 0.3 * sin(y / 3.1 + 0.2 * x) * cos(x / 4.7) + 0.15 * sin(x * y / 37)
            voxels.append(Float(grey))
        }
    }
    return Volume(shape: Shape(depth: 1, height: height, width: width), voxels: voxels)
}

@Suite struct `The real-esrgan degradation` {
    // The golden numbers of this suite come from the stages' definitions, written with NumPy and
    // PyTorch 2.13 in double precision, and from OpenCV's Gaussian kernel.
    @Test func `compresses as DiffJPEG does`() {
        var picture = waves(11, 19)
        ApproximateJPEG(quality: 43.5).apply(to: &picture)
        let expected: [Float] = [
            0.500733, 0.61855, 0.397483, 0.546611, 0.57897, 0.75169, 0.685848, 0.563025, 0.907558,
            0.841348, 0.555981, 0.570513, 0.744128, 0.423519, 0.261432, 0.447223, 0.510981,
            0.646955, 0.231285, 0.138411,
        ]
        var index = 0
        for y in [0, 3, 9, 10] {
            for x in [0, 5, 9, 17, 18] {
                #expect(abs(picture[0, y, x] - expected[index]) < 5e-6)
                index += 1
            }
        }
    }

    private func chain(tail: RealESRGANDegradation.Tail) -> RealESRGANDegradation {
        RealESRGANDegradation(
            scale: 4,
            first: .init(
                blur: Blur(
                    size: 9,
                    shape: .gaussian(BlurSpread(sigmaAlong: 2.1, sigmaAcross: 0.7, angle: 0.6))),
                resize: PictureResize(factor: 0.63, interpolation: .bicubic),
                noise: .gaussian(sigma: 0), jpeg: ApproximateJPEG(quality: 61)),
            second: .init(
                blur: Blur(size: 7, shape: .plateau(BlurSpread(sigma: 1.1), beta: 1.4)),
                resize: PictureResize(factor: 1.17, interpolation: .area),
                noise: .gaussian(sigma: 0), jpeg: ApproximateJPEG(quality: 80.5)),
            tail: tail, finalInterpolation: .bilinear,
            finalSinc: Blur(size: 11, shape: .sinc(cutoff: 1.9)), steps: .eightBits, noiseSeed: 1)
    }

    @Test(arguments: [
        (
            RealESRGANDegradation.Tail.compressFirst,
            [
                168, 178, 170, 155, 154, 147, 147, 133, 114, 109, 114, 114, 115, 117, 148, 145, 149,
                145, 147, 147, 146, 108, 102, 92, 100, 92, 97, 98,
            ]
        ),
        (
            RealESRGANDegradation.Tail.resizeFirst,
            [
                171, 180, 171, 155, 158, 147, 150, 134, 115, 112, 114, 118, 115, 120, 153, 144, 147,
                146, 145, 147, 146, 102, 102, 94, 100, 83, 100, 100,
            ]
        ),
    ])
    func `takes the published stages in the published order`(
        tail: RealESRGANDegradation.Tail, expected: [Int]
    ) {
        let low = chain(tail: tail).apply(to: waves(40, 56))
        #expect(low.shape == Shape(depth: 1, height: 10, width: 14))
        var index = 0
        for y in stride(from: 0, to: 10, by: 3) {
            for x in stride(from: 0, to: 14, by: 2) {
                #expect(low[0, y, x] * 255 == Float(expected[index]).rounded())
                index += 1
            }
        }
    }

    @Test func `sharpens targets as published`() {
        let sharp = UnsharpMask().apply(to: waves(60, 60))
        let expected: [Float] = [
            0.454126, 0.604664, 0.219775, 0.55547, 0.450581, 0.330068, 0.634455, 0.753366, 0.125932,
        ]
        for (index, value) in expected.enumerated() {
            #expect(abs(sharp[0, 20 * (index / 3), 20 * (index % 3)] - value) < 5e-6)
        }
        let line = (0..<51).map { row in
            UnsharpMask.blur.kernel.weights[(row * 51)..<(row * 51 + 51)].reduce(0, +)
        }
        #expect(abs((line.max() ?? 0) / 0.0499389390612815 - 1) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<64)
    func `gives whole grey steps, the same from the stored draw`(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        let scale = Int(seed % 8) + 1
        let ranges = RealESRGANRanges(steps: seed.isMultiple(of: 2) ? .eightBits : .sixteenBits)
        let drawn = ranges.draw(scale: scale, using: &generator)
        let high = rock(8 * scale, 9 * scale, depth: 2, seed: seed)
        let low = drawn.apply(to: high)
        #expect(low.shape == Shape(depth: 2, height: 8, width: 9))
        let steps = Float(ranges.steps.count)
        #expect(
            low.array.allSatisfy {
                (0...1).contains($0) && abs($0 * steps - ($0 * steps).rounded()) < 0.01
            })
        let stored = try JSONEncoder().encode(drawn)
        let again = try JSONDecoder().decode(RealESRGANDegradation.self, from: stored)
        #expect(again == drawn)
        #expect(again.apply(to: high) == low)
    }

    @Test func `draws each stage as often, and as far, as published`() {
        var generator = SplitMix64(seed: 11)
        let draws = 20_000
        var counts = [String: Double]()
        var sums = [String: Double]()
        for _ in 0..<draws {
            let drawn = RealESRGANRanges().draw(scale: 4, using: &generator)
            func count(_ name: String, _ happens: Bool) {
                if happens { counts[name, default: 0] += 1 }
            }
            count("second blur", drawn.second.blur != nil)
            count("sinc", drawn.finalSinc != nil)
            count("tail", drawn.tail == .resizeFirst)
            count("first grows", drawn.first.resize.factor > 1)
            count("first keeps", drawn.first.resize.factor == 1)
            count("second grows", drawn.second.resize.factor > 1)
            count("second keeps", drawn.second.resize.factor == 1)
            count("bicubic", drawn.finalInterpolation == .bicubic)
            if case .gaussian = drawn.first.noise { count("gaussian", true) }
            if case .poisson(let strength) = drawn.second.noise {
                count("second poisson", true)
                sums["strength", default: 0] += strength
                #expect((0.05...2.5).contains(strength))
            }
            let quality = drawn.first.jpeg?.quality ?? 0
            #expect((30...95).contains(quality))
            sums["quality", default: 0] += quality
            #expect((0.15...1.5).contains(drawn.first.resize.factor))
            #expect((0.3...1.2).contains(drawn.second.resize.factor))
        }
        for (name, share) in [
            ("second blur", 0.8), ("sinc", 0.8), ("tail", 0.5), ("first grows", 0.2),
            ("first keeps", 0.1), ("second grows", 0.3), ("second keeps", 0.3),
            ("bicubic", 1.0 / 3), ("gaussian", 0.5), ("second poisson", 0.5),
        ] {
            let expected = share * Double(draws)
            // Five standard deviations of a binomial.
            #expect(
                abs((counts[name] ?? 0) - expected) < 5 * (expected * (1 - share)).squareRoot(),
                "\(name)")
        }
        // Means of uniform numbers, to five standard errors.
        let root = Double(draws).squareRoot()
        #expect(
            abs((sums["quality"] ?? 0) / Double(draws) - 62.5) < 5 * 65 / 12.0.squareRoot() / root)
        #expect(
            abs((sums["strength"] ?? 0) / (counts["second poisson"] ?? 1) - 1.275)
                < 5 * 2.45 / 12.0.squareRoot() / (Double(draws) / 2).squareRoot())
    }

    @Test func `noise has the variance that was asked for`() {
        var generator = Philox4x32(seed: 1, stream: 0)
        func variance(_ noise: PictureNoise, of grey: Float) -> Double {
            var flat = Volume(shape: Shape(depth: 1, height: 300, width: 300), repeating: grey)
            noise.apply(to: &flat, using: &generator)
            let mean = flat.array.reduce(0) { $0 + Double($1) } / 90_000
            return flat.array.reduce(0) { $0 + pow(Double($1) - mean, 2) } / 90_000
        }
        let grey = 102.0 / 255
        // The standard error of a variance from 90,000 numbers is half a per cent.
        #expect(abs(variance(.gaussian(sigma: 0.07), of: 0.4) / 0.0049 - 1) < 0.025)
        #expect(abs(variance(.speckle(sigma: 0.1), of: 0.4) / 0.0016 - 1) < 0.025)
        #expect(abs(variance(.photons(peak: 900), of: Float(grey)) / (grey / 900) - 1) < 0.025)
        // One grey level: one photon where the picture is white, so 0 or 1 mostly, scaled by 0.1.
        #expect(abs(variance(.poisson(strength: 0.1), of: Float(grey)) / (0.01 * grey) - 1) < 0.05)
    }

    @Test func `the pool gives out what it took in, mixed`() {
        var pool = PairPool<Int>(capacity: 12)
        var generator = SplitMix64(seed: 4)
        var seen: [Int] = []
        for batch in 0..<40 {
            let out = pool.exchange([3 * batch, 3 * batch + 1, 3 * batch + 2], using: &generator)
            if batch < 4 { #expect(out == [3 * batch, 3 * batch + 1, 3 * batch + 2]) }
            if batch >= 4 { seen += out }
            #expect(out.count == 3)
        }
        #expect(pool.pairs.count == 12)
        #expect(Set(seen).count == seen.count)
        #expect(Set(seen + pool.pairs) == Set(0..<120))
        #expect(seen != seen.sorted())
    }
}

@Suite struct `The classic degradation` {
    @Test(arguments: 1...8)
    func `shrinks by any whole scale, without aliasing`(scale: Int) {
        // The finest stripes are below what LOW can show: nothing but their mean may remain.
        let shape = Shape(depth: 1, height: 8 * scale, width: 8 * scale)
        let stripes = Volume<Float>(
            shape: shape, voxels: (0..<shape.count).map { $0 % shape.width % 2 == 0 ? 0.2 : 0.8 })
        let low = ClassicDegradation(scale: scale).apply(to: stripes)
        #expect(low.shape == Shape(depth: 1, height: 8, width: 8))
        if scale == 1 {
            #expect(low == stripes)
        } else {
            for x in 3..<5 { #expect(abs(low[0, 4, x] - 0.5) < (scale == 3 ? 0.05 : 0.01)) }
        }
    }
}
