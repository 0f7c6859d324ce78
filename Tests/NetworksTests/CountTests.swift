import Testing
import Torch

@testable import Networks

/// The parameter counts that the reference implementations have, 1 and 3 channels.
@Suite struct `The number of parameters` {
    func count(_ description: NetworkDescription) throws -> Int {
        var source = WeightSource(seed: 1)
        return try description.build(from: &source).parameterCount
    }

    @Test(arguments: [
        ([9, 1, 5], 8_129, 20_099), ([9, 3, 5], 24_513, 36_483), ([9, 5, 5], 57_281, 69_251),
    ])
    func `of SRCNN`(kernels: [Int], one: Int, three: Int) throws {
        var description = SRCNNDescription()
        description.kernels = kernels
        #expect(try count(.srcnn(description)) == one)
        description.channels = 3
        #expect(try count(.srcnn(description)) == three)
    }

    @Test(arguments: [(16, 1_528_724, 1_549_462), (5, 713_481, 734_219)])
    func `of SRResNet x4`(blocks: Int, one: Int, three: Int) throws {
        var description = SRResNetDescription()
        description.blocks = blocks
        #expect(try count(.srresnet(description)) == one)
        description.channels = 3
        #expect(try count(.srresnet(description)) == three)
    }

    @Test(arguments: [
        (2, 1_367_553, 1_369_859), (3, 1_552_193, 1_554_499), (4, 1_515_265, 1_517_571),
        (5, 2_143_041, 2_145_347),
    ])
    func `of the medium EDSR`(scale: Int, one: Int, three: Int) throws {
        #expect(try count(.edsr(.medium(scale: scale))) == one)
        #expect(try count(.edsr(.medium(scale: scale, channels: 3))) == three)
    }

    @Test(arguments: [(1, 43_080_705), (3, 43_089_923)])
    func `of the large EDSR x4`(channels: Int, expected: Int) throws {
        #expect(try count(.edsr(.large(scale: 4, channels: channels))) == expected)
    }

    @Test(arguments: [
        (4, 23, 16_695_681, 16_697_987), (5, 23, 16_695_681, 16_697_987),
        (2, 23, 16_697_409, 16_703_171), (1, 23, 16_704_321, 16_723_907),
        (4, 6, 4_465_473, 4_467_779),
    ])
    func `of RRDBNet`(scale: Int, blocks: Int, one: Int, three: Int) throws {
        #expect(try count(.rrdb(RRDBDescription(scale: scale, blocks: blocks))) == one)
        #expect(
            try count(.rrdb(RRDBDescription(scale: scale, channels: 3, blocks: blocks))) == three)
    }

    @Test(arguments: [(1, 96, 23_564_353), (3, 96, 23_565_505), (1, 128, 38_244_417)])
    func `of the SRGAN discriminator`(channels: Int, size: Int, expected: Int) throws {
        var description = SRGANDiscriminatorDescription()
        description.channels = channels
        description.size = size
        var source = WeightSource(seed: 1)
        #expect(try SRGANDiscriminator(description, from: &source).parameterCount == expected)
    }

    @Test(arguments: [(1, 4_375_745), (3, 4_376_897)])
    func `of the U-Net discriminator`(channels: Int, expected: Int) throws {
        var description = UNetDiscriminatorDescription()
        description.channels = channels
        var source = WeightSource(seed: 1)
        let network = try UNetDiscriminator(description, from: &source)
        #expect(network.parameterCount == expected)
        #expect(network.state.count == 28)
    }

    @Test func `of VGG19 through conv5_4`() throws {
        var source = WeightSource(seed: 1)
        let network = try VGG19(from: &source)
        #expect(network.parameterCount == 20_024_384)
        let taps = [(1, 2), (2, 2), (3, 4), (4, 4), (5, 4)].map {
            VGG19.Tap(block: $0.0, convolution: $0.1)
        }
        let features = try Scope.inference {
            try network.features(of: Tensor.zeros([1, 1, 32, 32]), at: taps)
        }
        #expect(
            features.map { $0.shape.dropFirst() } == [
                [64, 32, 32], [128, 16, 16], [256, 8, 8], [512, 4, 4], [512, 2, 2],
            ])
    }
}
