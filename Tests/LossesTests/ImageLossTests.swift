import ImageMetrics
import Randomness
import Testing
import Torch
import Volumes

@testable import Losses

/// Two smooth images that differ a little, the same for one seed.
struct ImageExample {
    let made: [Float]
    let target: [Float]
    let shape: Shape

    init(images: Int, height: Int, width: Int, seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        shape = Shape(depth: images, height: height, width: width)
        var (made, target): ([Float], [Float]) = ([], [])
        for z in 0..<images {
            for y in 0..<height {
                for x in 0..<width {
                    let wave = 0.5 + 0.3 * (Float((x * (z + 3)) % 17) / 17 - Float(y % 11) / 22)
                    target.append(wave + Float.random(in: -0.1...0.1, using: &generator))
                    made.append(0.9 * wave + Float.random(in: -0.15...0.15, using: &generator))
                }
            }
        }
        (self.made, self.target) = (made, target)
    }

    func tensors() throws -> (made: Tensor, target: Tensor) {
        let sizes = [shape.depth, 1, shape.height, shape.width]
        return (try Tensor(made, shape: sizes), try Tensor(target, shape: sizes))
    }

    func pair() throws -> ImagePair {
        try ImagePair(
            Volume(shape: shape, voxels: made),
            reference: Volume(shape: shape, voxels: target))
    }
}

@Suite struct `Distances between images` {
    @Test func `are those of their definitions`() throws {
        let made = try Tensor([0, 0.5, 1, 0.25], shape: [1, 1, 2, 2])
        let target = try Tensor([0, 0, 0.5, 0.5], shape: [1, 1, 2, 2])
        #expect(abs(try ImageLoss.l1(made, target).item() - 1.25 / 4) < 1e-6)
        #expect(abs(try ImageLoss.mse(made, target).item() - 0.5625 / 4) < 1e-6)
        // Rows differ by 1 and -0.25, columns by 0.5 and -0.75.
        let variation = (1 + 0.0625) / 2 + (0.25 + 0.5625) / 2
        #expect(abs(try ImageLoss.totalVariation(made, target).item() - variation) < 1e-6)
        let expected = (0.1 + 2 * 0.26.squareRoot() + 0.0725.squareRoot()) / 4
        let charbonnier = ImageLoss.charbonnier(epsilon: 0.1)
        // sqrt(d^2 + 0.01) of 0, 0.5, 0.5 and -0.25.
        #expect(abs(try charbonnier(made, target).item() - expected) < 1e-6)
    }

    @Test(arguments: [(12, 40), (33, 47), (64, 64), (170, 181)], UInt64(0)..<3)
    func `are one less the similarities that images are judged by`(
        size: (Int, Int), seed: UInt64
    ) throws {
        let example = ImageExample(images: 3, height: size.0, width: size.1, seed: seed)
        let (made, target) = try example.tensors()
        let pair = try example.pair()
        let single = try ImageLoss.structuralSimilarity(made, target).item()
        #expect(abs(1 - single - (try pair.structuralSimilarity(.matlab()))) < 1e-4)
        let several = try ImageLoss.multiScaleSimilarity(made, target).item()
        #expect(abs(1 - several - (try pair.multiScaleSimilarity().value)) < 1e-4)
    }

    @Test(arguments: [
        ImageLoss.l1, .mse, .charbonnier(epsilon: 1e-3), .structuralSimilarity,
        .multiScaleSimilarity, .totalVariation,
    ])
    func `shrink along their gradient`(loss: ImageLoss) throws {
        let example = ImageExample(images: 2, height: 48, width: 48, seed: 7)
        let (made, target) = try example.tensors()
        try made.setRequiresGradient(true)
        let before = try loss(made, target)
        try before.backward()
        let gradient = try #require(try made.gradient())
        let length = try gradient.norm().item()
        #expect(length > 0 && length.isFinite)
        // A step so short that the distance is as good as straight.
        let next = try made.detached().adding(gradient, times: -1e-3 / length)
        let change = try loss(next, target).item() - before.item()
        #expect(change < 0)
        #expect(abs(change / (-1e-3 * length) - 1) < 0.2)
    }

    @Test func `of images without any likeness have a gradient still`() throws {
        let example = ImageExample(images: 1, height: 48, width: 48, seed: 1)
        let (made, _) = try example.tensors()
        let target = try 1 - made
        try made.setRequiresGradient(true)
        try ImageLoss.multiScaleSimilarity(made, target).backward()
        let gradient = try #require(try made.gradient())
        #expect(try gradient.floats().allSatisfy(\.isFinite))
    }
}

@Suite struct `Adversarial losses` {
    @Test(arguments: AdversarialLoss.allCases)
    func `are small for the side that wins`(loss: AdversarialLoss) throws {
        let high = try Tensor.full(loss == .lsgan ? 1 : 8, shape: [4, 1])
        let low = try Tensor.full(loss == .lsgan ? 0 : -8, shape: [4, 1])
        #expect(try loss.ofDiscriminator(made: low, real: high).item() < 1e-2)
        #expect(try loss.ofDiscriminator(made: high, real: low).item() > 0.9)
        #expect(try loss.ofNetwork(made: high, real: low).item() < 1e-2)
        #expect(try loss.ofNetwork(made: low, real: high).item() > 0.9)
    }

    @Test func `start from one bit where nothing is known`() throws {
        let none = try Tensor.zeros([3, 1])
        let bit = 0.693_147_18
        for loss in [AdversarialLoss.bce, .ragan] {
            #expect(abs(try loss.ofDiscriminator(made: none, real: none).item() - bit) < 1e-6)
            #expect(abs(try loss.ofNetwork(made: none, real: none).item() - bit) < 1e-6)
        }
    }
}
