import Foundation
import Testing
import Torch

@testable import Networks

/// Numbers that look random and are the same everywhere, between 0 and 1.
func numbers(_ count: Int, phase: Double = 0) -> [Float] {
    (0..<count).map { Float(0.5 + 0.5 * sin(Double($0) * 12.9898 + phase * 78.233)) }
}

/// A network with weights large enough that no effect drowns in rounding.
func network(_ description: NetworkDescription) throws -> any SuperResolutionNetwork {
    var source = WeightSource(seed: 3)
    let network = try description.build(from: &source)
    for entry in network.state where entry.name.hasSuffix("weight") {
        let weight = entry.tensor
        let fanIn = weight.shape.dropFirst().reduce(1, *)
        guard weight.shape.count == 4 else { continue }
        try weight.assign(
            Tensor(
                numbers(weight.count, phase: Double(weight.count)).map { ($0 - 0.4) * 3 },
                shape: weight.shape) / Double(fanIn).squareRoot())
    }
    return network
}

@Suite struct `The halo of a network` {
    @Test(arguments: [
        (NetworkDescription.edsr(.medium(scale: 4)), 36),
        (.rrdb(RRDBDescription(scale: 4)), 349),
    ])
    func `is the published one`(description: NetworkDescription, expected: Int) throws {
        var source = WeightSource(seed: 1)
        #expect(try description.build(from: &source).halo == expected)
    }

    static let small: [NetworkDescription] = {
        var list: [NetworkDescription] = []
        for scale in [1, 2, 3, 4, 5] {
            var edsr = EDSRDescription()
            (edsr.scale, edsr.features, edsr.blocks) = (scale, 4, 2)
            list.append(.edsr(edsr))
            var srresnet = SRResNetDescription()
            (srresnet.scale, srresnet.features, srresnet.blocks) = (scale, 4, 1)
            list.append(.srresnet(srresnet))
            var srcnn = SRCNNDescription()
            (srcnn.scale, srcnn.features, srcnn.border) = (scale, [4, 3], .replicate)
            list.append(.srcnn(srcnn))
        }
        for scale in 1...8 {
            var rrdb = RRDBDescription(scale: scale, blocks: 1)
            (rrdb.features, rrdb.growth) = (4, 3)
            list.append(.rrdb(rrdb))
        }
        for growth in UNetDescription.Growth.allCases {
            for scale in [1, 2, 5] {
                var unet = UNetDescription()
                (unet.growth, unet.scale, unet.depth, unet.base) = (growth, scale, 3, 4)
                unet.isResidual = scale == 2
                unet.normalisation = scale == 5 ? .batch : .none
                list.append(.unet(unet))
            }
        }
        return list
    }()

    @Test(arguments: small)
    func `is what its result depends on`(description: NetworkDescription) throws {
        let network = try network(description)
        let halo = try #require(network.halo)
        let step = network.inputMultiple
        let tile = step
        // Twice the halo, so that the border is far from what is measured.
        let size = tile + 4 * ((halo + step) / step * step)
        let start = (size - tile) / 2 / step * step
        let input = try Tensor(numbers(size * size), shape: [1, 1, size, size])
        func result(_ input: Tensor) throws -> [Float] {
            try Scope.inference {
                let output = try network(input, training: false)
                let scale = network.scale
                return try output.sliced(
                    dimension: 2, from: start * scale, to: (start + tile) * scale
                )
                .sliced(dimension: 3, from: start * scale, to: (start + tile) * scale).floats()
            }
        }
        let whole = try result(input)
        // Other pixels beyond the halo, along one axis, then along both sides and axes.
        func changed(below first: Int, from end: Int) throws -> Tensor {
            var pixels = numbers(size * size)
            for y in 0..<size {
                for x in 0..<size where x < first || x >= end || y < first || y >= end {
                    pixels[y * size + x] = 1 - pixels[y * size + x] * 0.9
                }
            }
            return try Tensor(pixels, shape: [1, 1, size, size])
        }
        let apart = try result(changed(below: start - halo, from: start + tile + halo))
        #expect(zip(whole, apart).allSatisfy { Swift.abs($0 - $1) <= 1e-5 })
        // One step less is not enough: the outermost step still has a gradient, however small.
        let probe = try Tensor(numbers(size * size), shape: [1, 1, size, size])
        try probe.setRequiresGradient(true)
        let scale = network.scale
        try network(probe, training: false)
            .sliced(dimension: 2, from: start * scale, to: (start + tile) * scale)
            .sliced(dimension: 3, from: start * scale, to: (start + tile) * scale)
            .sum().backward()
        let gradient = try #require(try probe.gradient()).floats()
        let touched = gradient.indices.filter { gradient[$0] != 0 }.map { $0 % size }
        let first = try #require(touched.min())
        let last = try #require(touched.max())
        #expect(first >= start - halo && last < start + tile + halo)
        #expect(first < start - halo + step || last >= start + tile + halo - step)
    }

    @Test(arguments: Attention.allCases, Normalisation.allCases)
    func `is none where a layer sees the whole image`(
        attention: Attention, normalisation: Normalisation
    ) throws {
        var unet = UNetDescription()
        (unet.depth, unet.base) = (2, 4)
        unet.attention = attention
        unet.normalisation = normalisation
        var source = WeightSource(seed: 1)
        let halo = try UNet(unet, from: &source).halo
        let local = attention == .none && (normalisation == .none || normalisation == .batch)
        #expect((halo != nil) == local)
    }

    @Test(arguments: small) func `goes with a size of scale times the input`(
        description: NetworkDescription
    ) throws {
        let network = try network(description)
        let step = network.inputMultiple
        let (height, width) = (step * ((15 + step) / step), step * ((18 + step) / step))
        let input = try Tensor(numbers(2 * height * width), shape: [2, 1, height, width])
        #expect(
            try network(input, training: false).shape
                == [2, 1, height * network.scale, width * network.scale])
    }

    @Test func `leaves out the margin that a valid SRCNN has`() throws {
        for border in SRCNNDescription.Border.allCases {
            for kernels in [[9, 1, 5], [9, 3, 5], [9, 5, 5]] {
                var description = SRCNNDescription()
                (description.border, description.kernels, description.scale) = (border, kernels, 2)
                var source = WeightSource(seed: 1)
                let network = try SRCNN(description, from: &source)
                let input = try Tensor.zeros([1, 1, 16, 20])
                let margin = network.outputMargin
                #expect(
                    try network(input, training: false).shape
                        == [1, 1, 32 - 2 * margin, 40 - 2 * margin])
                if kernels == [9, 1, 5], border != .valid { #expect(margin == 0) }
            }
        }
    }
}
