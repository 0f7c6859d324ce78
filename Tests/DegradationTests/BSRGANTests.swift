import Foundation
import Randomness
import Resizing
import Testing
import Volumes

@testable import Degradation

@Suite struct `The bsrgan degradation` {
    // Every pixel that Pillow 13 (libjpeg-turbo) gives back of the 21 x 27 waves, in some places.
    @Test(arguments: [
        (
            37,
            [
                135, 136, 92, 96, 80, 206, 155, 214, 142, 150, 97, 156, 108, 187, 197, 61, 137,
                36, 74, 56, 135, 114, 117, 112, 121,
            ]
        ),
        (
            90,
            [
                127, 134, 89, 98, 78, 201, 155, 215, 142, 150, 97, 154, 113, 183, 202, 57, 133,
                33, 80, 47, 139, 109, 127, 111, 122,
            ]
        ),
    ])
    func `loses what a JPEG file loses`(quality: Int, expected: [Int]) {
        var picture = waves(21, 27)
        GreyJPEG(quality: quality).apply(to: &picture)
        var index = 0
        for y in [0, 4, 11, 16, 20] {
            for x in [0, 7, 13, 24, 26] {
                // The file's whole-number transform may round to the grey value beside.
                #expect(abs(Int((picture[0, y, x] * 255).rounded()) - expected[index]) <= 1)
                index += 1
            }
        }
    }

    // From OpenCV 5.0, to six digits: every third row, every fourth column.
    @Test func `averages areas as OpenCV does`() {
        func resize(_ height: Int, _ width: Int) -> [Float] {
            let result = Resampling(
                height: AxisWeights(areaFrom: 20, to: height),
                width: AxisWeights(areaFrom: 26, to: width)
            ).apply(to: waves(20, 26))
            var seen: [Float] = []
            for y in stride(from: 0, to: height, by: 3) {
                for x in stride(from: 0, to: width, by: 4) { seen.append(result[0, y, x]) }
            }
            return seen
        }
        let down: [Float] = [
            0.624301, 0.428592, 0.691992, 0.509472, 0.71508, 0.287299, 0.46101, 0.210991, 0.522449,
        ]
        let up: [Float] = [
            0.5, 0.637384, 0.54379, 0.355824, 0.369887, 0.554363, 0.600198, 0.422811, 0.717074,
            0.759015, 0.605362, 0.545467, 0.711659, 0.862806, 0.77186, 0.590713, 0.797788,
            0.737763, 0.628949, 0.722844, 0.902818, 0.870483, 0.634376, 0.494277, 0.674056,
            0.590694, 0.619449, 0.78233, 0.799163, 0.555339, 0.340576, 0.421166, 0.442053,
            0.448062, 0.596844, 0.677223, 0.497217, 0.250552, 0.293799, 0.610545, 0.239482,
            0.405895, 0.572894, 0.459683, 0.198287, 0.183508, 0.476732, 0.676395, 0.21879,
            0.513787, 0.549029, 0.262574, 0.133577, 0.367618, 0.57114, 0.416846, 0.376076,
            0.694544, 0.515975, 0.195948, 0.313398, 0.574758, 0.499657, 0.303513,
        ]
        for (seen, expected) in [(resize(7, 11), down), (resize(23, 31), up)] {
            #expect(seen.count == expected.count)
            #expect(zip(seen, expected).allSatisfy { abs($0 - $1) < 5e-6 })
        }
    }

    // From SciPy: a Gaussian of 25 x 25 moved by 1.5 pixels, convolved, every fourth pixel kept.
    @Test func `samples a blurred picture at the middle of every few pixels`() {
        let drawn = BSRGANDegradation(
            scale: 4, halving: nil, steps: [.sample(sigma: 1.3, stride: 4)],
            finalJPEG: GreyJPEG(quality: 100), noiseSeed: 1)
        let low = drawn.apply(to: waves(24, 32))
        let expected: [Float] = [
            0.69597, 0.500751, 0.749988, 0.506858, 0.504052, 0.686831, 0.34266, 0.672858,
            0.511587, 0.280306, 0.520778, 0.29832,
        ]
        for (index, value) in expected.enumerated() {
            // JPEG of the best quality still rounds to a grey value or two.
            #expect(abs(low[0, 2 * (index / 4), 2 * (index % 4)] - value) < 2.1 / 255)
        }
    }

    @Test(arguments: UInt64(0)..<64)
    func `ends at LOW's extents in whole grey values, the same from the stored draw`(
        seed: UInt64
    ) throws {
        var generator = SplitMix64(seed: seed)
        let scale = Int(seed % 8) + 1
        let drawn = BSRGANRanges().draw(scale: scale, using: &generator)
        let high = rock(10 * scale, 12 * scale, depth: 2, seed: seed)
        let low = drawn.apply(to: high)
        #expect(low.shape == Shape(depth: 2, height: 10, width: 12))
        #expect(low.array.allSatisfy { abs($0 * 255 - ($0 * 255).rounded()) < 1e-3 })
        let again = try JSONDecoder().decode(
            BSRGANDegradation.self, from: JSONEncoder().encode(drawn))
        #expect(again == drawn)
        #expect(again.apply(to: high) == low)
    }

    @Test func `shuffles its steps, but shrinks to LOW last`() {
        var generator = SplitMix64(seed: 6)
        var (orders, halved, jpegs, sampled) = (Set<[Int]>(), 0.0, 0.0, 0.0)
        let draws = 8_000
        for _ in 0..<draws {
            let drawn = BSRGANRanges().draw(scale: 4, using: &generator)
            var order: [Int] = []
            for step in drawn.steps {
                switch step {
                case .blur(let blur):
                    order.append(0)
                    #expect((7...25).contains(blur.size))
                case .shrink(let factor, _):
                    order.append(2)
                    #expect((1...8).contains(factor))
                case .sample:
                    order.append(2)
                    sampled += 1
                case .shrinkToLow: order.append(3)
                case .noise: order.append(4)
                case .jpeg: order.append(5)
                }
            }
            let (shrink, last) = (order.firstIndex(of: 2) ?? 9, order.firstIndex(of: 3) ?? 0)
            #expect(shrink < last)
            orders.insert(order)
            halved += drawn.halving == nil ? 0 : 1
            jpegs += order.contains(5) ? 1 : 0
        }
        // 6! / 2 (two blurs) / 2 (shrinking first), and 5! / 4 without JPEG.
        #expect(orders.count == 180 + 30)
        for (seen, share) in [(halved, 0.25), (jpegs, 0.9), (sampled, 0.25)] {
            let expected = share * Double(draws)
            #expect(abs(seen - expected) < 5 * (expected * (1 - share)).squareRoot())
        }
    }
}
