import Torch

/// A convolution with its weight and, if it has one, its bias.
struct Convolution: Layer {
    let weight: Tensor
    let bias: Tensor?
    let stride: Int
    let margin: Int
    let padding: Padding

    /// A square kernel; `margin` is half the kernel unless said otherwise, which keeps the size.
    init(
        _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1, margin: Int? = nil,
        padding: Padding = .zeros, bias: Bool = true, initialisation: Initialisation = .torch,
        from source: inout WeightSource
    ) throws(TorchError) {
        weight = try source.weight([outputs, inputs, kernel, kernel], initialisation)
        self.bias =
            bias
            ? try source.bias(outputs, fanIn: inputs * kernel * kernel, initialisation) : nil
        self.stride = stride
        self.margin = margin ?? kernel / 2
        self.padding = padding
    }

    func state(under prefix: String) -> [StateEntry] {
        [StateEntry(prefix + "weight", weight)]
            + (bias.map { [StateEntry(prefix + "bias", $0)] } ?? [])
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        try input.convolved(
            weight, bias: bias, stride: stride, margin: margin, padding: padding)
    }
}

/// A convolution whose weight is kept at a largest singular value of one (Miyato et al. 2018,
/// arXiv 1802.05957), without bias.
struct SpectralConvolution: Layer {
    let weight: Tensor
    let u: Tensor
    let v: Tensor
    let stride: Int
    let margin: Int

    init(
        _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int, margin: Int,
        from source: inout WeightSource
    ) throws(TorchError) {
        weight = try source.weight([outputs, inputs, kernel, kernel], .torch)
        u = try source.direction(outputs)
        v = try source.direction(inputs * kernel * kernel)
        self.stride = stride
        self.margin = margin
    }

    func state(under prefix: String) -> [StateEntry] {
        [
            StateEntry(prefix + "weight_orig", weight),
            StateEntry(prefix + "weight_u", u, isParameter: false),
            StateEntry(prefix + "weight_v", v, isParameter: false),
        ]
    }

    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor {
        let normalised = try weight.spectrallyNormalized(u: u, v: v, iterations: training ? 1 : 0)
        return try input.convolved(normalised, stride: stride, margin: margin)
    }
}

/// A matrix and a bias.
struct Dense: Layer {
    let weight: Tensor
    let bias: Tensor

    init(_ inputs: Int, _ outputs: Int, from source: inout WeightSource) throws(TorchError) {
        weight = try source.weight([outputs, inputs], .torch)
        bias = try source.bias(outputs, fanIn: inputs, .torch)
    }

    func state(under prefix: String) -> [StateEntry] {
        [StateEntry(prefix + "weight", weight), StateEntry(prefix + "bias", bias)]
    }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        try input.linear(weight, bias: bias)
    }
}

/// A rectifier with one learnt slope for all channels, 0.25 at first (He et al. 2015,
/// arXiv 1502.01852).
struct LearntRectifier: Layer {
    let slope: Tensor

    init(from source: WeightSource) throws(TorchError) { slope = try source.constant(0.25, [1]) }

    func state(under prefix: String) -> [StateEntry] { [StateEntry(prefix + "weight", slope)] }

    func callAsFunction(_ input: Tensor, training: Bool = false) throws(TorchError) -> Tensor {
        try input.prelu(slope: slope)
    }
}
