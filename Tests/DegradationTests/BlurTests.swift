import Degradation
import Foundation
import Randomness
import Testing
import Volumes

/// A picture in 0...1 with grains, edges and some texture.
func rock(_ height: Int, _ width: Int, depth: Int = 1, seed: UInt64 = 1) -> Volume<Float> {
    var generator = SplitMix64(seed: seed)
    let grains = (0..<60).map { _ in
        (
            Double.random(in: 0..<Double(height), using: &generator),
            Double.random(in: 0..<Double(width), using: &generator),
            Double.random(in: 3...Double(max(4, height / 8)), using: &generator),
            Double.random(in: 0.5...0.8, using: &generator)
        )
    }
    var voxels: [Float] = []
    for z in 0..<depth {
        for y in 0..<height {
            for x in 0..<width {
                var grey = 0.2
                for (gy, gx, radius, value) in grains
                where hypot(hypot(Double(y) - gy, Double(x) - gx), Double(z)) < radius {
                    grey = value
                }
                voxels.append(Float(grey + 0.02 * (generator.nextUnit() - 0.5)))
            }
        }
    }
    return Volume(
        shape: Shape(depth: depth, height: height, width: width), voxels: voxels)
}

@Suite struct `A blur` {
    // Measured from the reference implementation in double precision.
    @Test(arguments: [
        (
            Blur(size: 21, shape: .gaussian(BlurSpread(sigma: 2))), 0.0397887448487719,
            0.0198943769622847
        ),
        (
            Blur(
                size: 15,
                shape: .gaussian(BlurSpread(sigmaAlong: 2.5, sigmaAcross: 0.8, angle: .pi / 6))),
            0.0796245391375434, 0.0398357787257191
        ),
        (
            Blur(size: 21, shape: .generalised(BlurSpread(sigma: 2), beta: 0.5)),
            0.0126091573543888, 0.0039292837738150
        ),
        (
            Blur(
                size: 21,
                shape: .generalised(
                    BlurSpread(sigmaAlong: 3, sigmaAcross: 1, angle: 0.7), beta: 4)),
            0.0957369669999038, 0.0826308443123245
        ),
        (
            Blur(size: 21, shape: .plateau(BlurSpread(sigma: 2), beta: 2)),
            0.0516316236301721, 0.0263441401975389
        ),
        (
            Blur(
                size: 13,
                shape: .plateau(BlurSpread(sigmaAlong: 2, sigmaAcross: 1, angle: -0.3), beta: 1)),
            0.0498318352103049, 0.0149708894207117
        ),
        (Blur(size: 21, shape: .sinc(cutoff: .pi / 3)), 0.0877581040159322, 0.0835801594878371),
        (Blur(size: 7, shape: .sinc(cutoff: 2)), 0.3924910222987884, 0.4427791102498682),
    ])
    func `has the published kernel`(blur: Blur, largest: Double, squares: Double) {
        let weights = blur.kernel.weights
        #expect(abs((weights.max() ?? 0) / largest - 1) < 1e-12)
        #expect(abs(weights.reduce(0) { $0 + $1 * $1 } / squares - 1) < 1e-12)
    }

    @Test(arguments: UInt64(0)..<60)
    func `is the plain sum over the kernel, however it is computed`(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let blur = BlurRanges.first.draw(using: &generator)
        let picture = rock(23, 31, depth: 2, seed: seed)
        let blurred = blur.kernel.apply(to: picture)
        let (kernel, radius) = (blur.kernel, blur.size / 2)
        func mirrored(_ i: Int, _ n: Int) -> Int {
            let m = abs(i)
            return m < n ? m : 2 * (n - 1) - m
        }
        for (z, y, x) in [(0, 0, 0), (1, 22, 30), (0, 11, 14), (1, 3, 29), (0, 19, 1)] {
            var sum = 0.0
            for dy in -radius...radius {
                for dx in -radius...radius {
                    sum +=
                        kernel.weights[(dy + radius) * blur.size + dx + radius]
                        * Double(picture[z, mirrored(y + dy, 23), mirrored(x + dx, 31)])
                }
            }
            #expect(abs(Double(blurred[z, y, x]) - sum) < 2e-6)
        }
    }

    @Test func `is drawn as often from each family as published`() {
        var generator = SplitMix64(seed: 5)
        let draws = 40_000
        var counts = [String: Double]()
        for _ in 0..<draws {
            let blur = BlurRanges.first.draw(using: &generator)
            #expect(blur.size >= 7 && blur.size <= 21 && blur.size % 2 == 1)
            let name: String
            switch blur.shape {
            case .gaussian(let s): name = s.sigmaAlong == s.sigmaAcross ? "iso" : "aniso"
            case .generalised(let s, let beta):
                name = s.sigmaAlong == s.sigmaAcross ? "gen-iso" : "gen-aniso"
                #expect((0.5...4).contains(beta))
            case .plateau(let s, let beta):
                name = s.sigmaAlong == s.sigmaAcross ? "plateau-iso" : "plateau-aniso"
                #expect((1...2).contains(beta))
            case .sinc(let cutoff):
                name = "sinc"
                #expect(cutoff <= .pi && cutoff >= (blur.size < 13 ? .pi / 3 : .pi / 5))
            }
            counts[name, default: 0] += 1
        }
        for (name, share) in [
            ("sinc", 0.1), ("iso", 0.405), ("aniso", 0.225), ("gen-iso", 0.108),
            ("gen-aniso", 0.027), ("plateau-iso", 0.108), ("plateau-aniso", 0.027),
        ] {
            let expected = share * Double(draws)
            // Five standard deviations of a binomial.
            #expect(abs((counts[name] ?? 0) - expected) < 5 * (expected * (1 - share)).squareRoot())
        }
    }

    @Test func `keeps a picture's mean and comes back from JSON`() throws {
        var generator = SplitMix64(seed: 2)
        for _ in 0..<20 {
            let blur = BlurRanges.second.draw(using: &generator)
            let flat = Volume(shape: Shape(depth: 1, height: 9, width: 40), repeating: Float(0.4))
            #expect(blur.kernel.apply(to: flat).array.allSatisfy { abs($0 - 0.4) < 2e-6 })
            let stored = try JSONEncoder().encode(blur)
            #expect(try JSONDecoder().decode(Blur.self, from: stored) == blur)
        }
    }
}
