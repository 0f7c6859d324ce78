import Torch

/// Convolutions each followed by a pixel shuffle, one for every prime factor of the scale, smallest
/// first: twice x2 for x4, one x5 for x5, x2 then x3 for x6, none for x1.
struct Upsampler: Layer {
    let factors: [Int]
    let convolutions: [Convolution]

    init(_ channels: Int, scale: Int, from source: inout WeightSource) throws(TorchError) {
        factors = Upsampler.factors(of: scale)
        var convolutions: [Convolution] = []
        for factor in factors {
            convolutions.append(
                try Convolution(channels, channels * factor * factor, from: &source))
        }
        self.convolutions = convolutions
    }

    /// The prime factors, smallest first.
    static func factors(of scale: Int) -> [Int] {
        precondition(scale >= 1, "a scale is a whole number of at least one")
        var factors: [Int] = []
        var rest = scale
        var factor = 2
        while rest > 1 {
            while rest % factor == 0 {
                factors.append(factor)
                rest /= factor
            }
            factor += 1
        }
        return factors
    }

    // In BasicSR the convolutions and the shuffles take turns in one list.
    func state(under prefix: String) -> [StateEntry] {
        convolutions.indices.flatMap { convolutions[$0].state(under: "\(prefix)\(2 * $0).") }
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        var features = input
        for (factor, convolution) in zip(factors, convolutions) {
            features = try convolution(features).pixelShuffled(factor)
        }
        return features
    }

    func reach(of output: Reach) -> Reach {
        factors.reversed().reduce(output) { $0.enlarged($1).convolved() }
    }
}
