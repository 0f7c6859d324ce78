import Randomness
public import Torch

/// How the first weights of a layer are drawn.
enum Initialisation {
    /// Uniform within 1 / sqrt(fan-in), biases too: PyTorch's own.
    case torch
    /// Gaussian of deviation `scale` sqrt(2 / (1 + slope^2) / fan-in), biases zero (He et al. 2015,
    /// arXiv 1502.01852).
    case kaiming(scale: Double, slope: Double)
    /// Gaussian of a deviation, biases zero.
    case gaussian(deviation: Double)
}

/// Where the first weights of a network come from: a seed and nothing else.
///
/// Every tensor has its own stream of the generator, so that one seed gives the same bits on every
/// device and machine.
public struct WeightSource {
    /// The seed.
    public let seed: UInt64
    /// Where the weights lie.
    public let device: Device
    /// Whether the channels of a kernel lie side by side, which convolutions like better.
    public let isChannelsLast: Bool
    private var stream: UInt64 = 0

    /// A source for one network.
    public init(seed: UInt64, on device: Device = .cpu, channelsLast: Bool = false) {
        self.seed = seed
        self.device = device
        isChannelsLast = channelsLast
    }

    /// A weight, whose first dimension is the outputs', drawn as `initialisation` says.
    mutating func weight(
        _ shape: [Int], _ initialisation: Initialisation
    ) throws(TorchError) -> Tensor {
        let fanIn = Double(shape.dropFirst().reduce(1, *))
        switch initialisation {
        case .torch: return try uniform(shape, bound: 1 / fanIn.squareRoot())
        case .kaiming(let scale, let slope):
            let deviation = scale * (2 / (1 + slope * slope) / fanIn).squareRoot()
            return try gaussian(shape, deviation: deviation)
        case .gaussian(let deviation): return try gaussian(shape, deviation: deviation)
        }
    }

    /// The biases that go with a weight of that many inputs to an output.
    mutating func bias(
        _ count: Int, fanIn: Int, _ initialisation: Initialisation
    ) throws(TorchError) -> Tensor {
        guard case .torch = initialisation else { return try constant(0, [count]) }
        return try uniform([count], bound: 1 / Double(fanIn).squareRoot())
    }

    /// A learnt tensor of one number everywhere.
    func constant(_ value: Double, _ shape: [Int]) throws(TorchError) -> Tensor {
        try learnt(Tensor.full(value, shape: shape))
    }

    /// A tensor that is not learnt.
    func buffer(
        _ value: Double, _ shape: [Int], type: ElementType = .float32
    ) throws(TorchError) -> Tensor {
        try Tensor.full(value, shape: shape, type: type, on: device)
    }

    /// A direction drawn evenly from the sphere; not learnt.
    mutating func direction(_ count: Int) throws(TorchError) -> Tensor {
        let numbers = gaussians(count, deviation: 1)
        let length = numbers.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
        return try Tensor(numbers.map { Float(Double($0) / length) }, shape: [count], on: device)
    }

    private mutating func uniform(_ shape: [Int], bound: Double) throws(TorchError) -> Tensor {
        var generator = nextGenerator()
        let count = shape.reduce(1, *)
        var numbers = [Float](repeating: 0, count: count)
        for index in 0..<count {
            numbers[index] = Float((2 * generator.nextUnit() - 1) * bound)
        }
        return try learnt(Tensor(numbers, shape: shape))
    }

    private mutating func gaussian(_ shape: [Int], deviation: Double) throws(TorchError) -> Tensor {
        try learnt(Tensor(gaussians(shape.reduce(1, *), deviation: deviation), shape: shape))
    }

    private mutating func gaussians(_ count: Int, deviation: Double) -> [Float] {
        var generator = nextGenerator()
        let distribution = NormalDistribution(standardDeviation: deviation)
        var numbers = [Float](repeating: 0, count: count)
        for index in 0..<count { numbers[index] = Float(distribution.draw(using: &generator)) }
        return numbers
    }

    private mutating func nextGenerator() -> Philox4x32 {
        defer { stream += 1 }
        return Philox4x32(seed: seed, stream: stream)
    }

    private func learnt(_ tensor: Tensor) throws(TorchError) -> Tensor {
        let placed = try tensor.to(device, channelsLast: isChannelsLast)
        try placed.setRequiresGradient(true)
        return placed
    }
}
