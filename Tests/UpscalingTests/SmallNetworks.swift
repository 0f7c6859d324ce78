import Foundation
import Networks
import Randomness
import Torch
import Volumes

/// Small networks of every kind, with weights large enough that no effect drowns in rounding.
enum SmallNetworks {
    static func edsr(_ scale: Int, channels: Int = 1) -> NetworkDescription {
        var edsr = EDSRDescription.medium(scale: scale, channels: channels)
        (edsr.features, edsr.blocks, edsr.range) = (4, 2, 1)
        return .edsr(edsr)
    }

    static func rrdb(_ scale: Int) -> NetworkDescription {
        var rrdb = RRDBDescription(scale: scale, blocks: 1)
        (rrdb.features, rrdb.growth) = (4, 3)
        return .rrdb(rrdb)
    }

    static func srcnn(
        _ scale: Int, _ border: SRCNNDescription.Border, kernels: [Int] = [9, 1, 5]
    ) -> NetworkDescription {
        var srcnn = SRCNNDescription()
        (srcnn.scale, srcnn.features, srcnn.border) = (scale, [4, 3], border)
        srcnn.kernels = kernels
        return .srcnn(srcnn)
    }

    static func unet(
        _ scale: Int, _ growth: UNetDescription.Growth = .before,
        _ normalisation: Normalisation = .none
    ) -> NetworkDescription {
        var unet = UNetDescription()
        (unet.scale, unet.growth, unet.normalisation) = (scale, growth, normalisation)
        (unet.depth, unet.base) = (3, 4)
        return .unet(unet)
    }

    static func build(_ description: NetworkDescription) throws -> any SuperResolutionNetwork {
        var source = WeightSource(seed: 5)
        let network = try description.build(from: &source)
        var generator = Philox4x32(seed: 6, stream: 0)
        for entry in network.state {
            let shape = entry.tensor.shape
            guard shape.count == 4 else { continue }
            let fanIn = Double(shape.dropFirst().reduce(1, *))
            let numbers = (0..<entry.tensor.count).map { _ in
                Float((2 * generator.nextUnit() - 0.9) * 1.7 / fanIn.squareRoot())
            }
            try entry.tensor.assign(Tensor(numbers, shape: shape))
        }
        return network
    }
}

/// Noise between 0 and 1.
func noise(_ shape: Shape, seed: UInt64 = 1) -> Volume<Float> {
    var generator = Philox4x32(seed: seed, stream: 0)
    return Volume(
        shape: shape, voxels: (0..<shape.count).map { _ in Float(generator.nextUnit()) })
}

/// The largest difference between two volumes, and the range of the first.
func difference(_ a: Volume<Float>, _ b: Volume<Float>) -> (largest: Float, range: Float) {
    let pairs = zip(a.array, b.array).map { abs($0 - $1) }
    return (pairs.max() ?? 0, (a.array.max() ?? 0) - (a.array.min() ?? 0))
}

/// What the network gives for a whole image in one call, without any code of this room.
func direct(
    _ network: any SuperResolutionNetwork, _ image: Volume<Float>, channels: Int = 1
) throws -> [Float] {
    try Scope.inference {
        let grey = try Tensor(
            image.array, shape: [1, 1, image.shape.height, image.shape.width])
        let input = try Tensor.concatenated(
            [Tensor](repeating: grey, count: channels), dimension: 1)
        return try network(input, training: false).mean(over: [1]).floats()
    }
}

/// A network that repeats every pixel, and knows it.
final class Repeating: SuperResolutionNetwork {
    let scale: Int
    /// What the results are multiplied by.
    let gain: Double

    init(scale: Int, gain: Double = 1) {
        self.scale = scale
        self.gain = gain
    }

    func state(under prefix: String) -> [StateEntry] { [] }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        try input.enlarged(scale, by: .nearest) * gain
    }

    func reach(of output: Reach) -> Reach? {
        Reach(output.first / scale, output.last / scale)
    }
}
