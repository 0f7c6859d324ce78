import CTorch

/// A tensor by its name in a network or an optimiser.
public struct NamedTensor {
    /// The name, such as `body.0.conv1.weight`.
    public let name: String
    /// The tensor.
    public let tensor: Tensor

    /// A tensor and its name.
    public init(_ name: String, _ tensor: Tensor) {
        self.name = name
        self.tensor = tensor
    }
}

/// How Adam moves (Kingma and Ba 2015, arXiv 1412.6980; decoupled: Loshchilov and Hutter 2019,
/// arXiv 1711.05101).
public struct AdamSettings: Hashable, Sendable, Codable {
    /// The decay of the gradients' running mean.
    public var beta1 = 0.9
    /// The decay of the squared gradients' running mean.
    public var beta2 = 0.999
    /// What is added to the divisor.
    public var epsilon = 1e-8
    /// How strongly weights are drawn to zero.
    public var weightDecay = 0.0
    /// Whether the decay shrinks the weights themselves (AdamW) and not by way of the gradient.
    public var isDecoupled = false

    /// Adam as published; set what is to differ.
    public init() {}
}

/// Adam or AdamW over named parameters, its state in plain named tensors.
///
/// The arithmetic is that of PyTorch's foreach implementation, in its order. A state saved with
/// ``state`` and ``steps`` and loaded again goes on with the same bits.
public final class Adam {
    /// The parameters it moves, in their order.
    public let parameters: [NamedTensor]
    /// What was set when it was made.
    public let settings: AdamSettings
    /// How many steps were taken.
    public private(set) var steps: Int64 = 0
    private let means: [Tensor]
    private let variances: [Tensor]

    /// An optimiser that has taken no step, its state where the parameters lie.
    public init(_ parameters: [NamedTensor], settings: AdamSettings) throws(TorchError) {
        self.parameters = parameters
        self.settings = settings
        means = try zeros(like: parameters)
        variances = try zeros(like: parameters)
    }

    /// Moves every parameter that has a gradient.
    public func step(learningRate: Double) throws(TorchError) {
        let adam = ctorch_adam(
            learning_rate: learningRate, beta1: settings.beta1, beta2: settings.beta2,
            epsilon: settings.epsilon, weight_decay: settings.weightDecay,
            decoupled: settings.isDecoupled)
        let handles = unsafe handles(of: parameters.map(\.tensor))
        let first = unsafe Torch.handles(of: means)
        let second = unsafe Torch.handles(of: variances)
        try unsafe TorchError.check { message in
            unsafe ctorch_adam_step(
                handles, first, second, Int32(handles.count), steps + 1, adam, message)
        }
        steps += 1
    }

    /// The moments: `exp_avg.NAME` and `exp_avg_sq.NAME` for every parameter's name.
    public var state: [NamedTensor] {
        zip(parameters, means).map { NamedTensor("exp_avg." + $0.name, $1) }
            + zip(parameters, variances).map { NamedTensor("exp_avg_sq." + $0.name, $1) }
    }

    /// Takes over the state of another run; every moment has to be there, in its shape.
    public func load(_ saved: [String: Tensor], steps: Int64) throws(TorchError) {
        try state.load(saved)
        self.steps = steps
    }
}

/// Stochastic gradient descent with momentum, as PyTorch has it (no dampening, not Nesterov's).
public final class MomentumDescent {
    /// The parameters it moves, in their order.
    public let parameters: [NamedTensor]
    /// How much of the last move stays.
    public let momentum: Double
    /// How strongly weights are drawn to zero.
    public let weightDecay: Double
    private let velocities: [Tensor]

    /// An optimiser that has taken no step, its state where the parameters lie.
    public init(
        _ parameters: [NamedTensor], momentum: Double, weightDecay: Double = 0
    ) throws(TorchError) {
        self.parameters = parameters
        self.momentum = momentum
        self.weightDecay = weightDecay
        velocities = try zeros(like: parameters)
    }

    /// Moves every parameter that has a gradient.
    public func step(learningRate: Double) throws(TorchError) {
        let handles = unsafe handles(of: parameters.map(\.tensor))
        let moving = unsafe Torch.handles(of: velocities)
        try unsafe TorchError.check { message in
            unsafe ctorch_momentum_step(
                handles, moving, Int32(handles.count), learningRate, momentum, weightDecay, message)
        }
    }

    /// The velocities: `momentum_buffer.NAME` for every parameter's name.
    public var state: [NamedTensor] {
        zip(parameters, velocities).map { NamedTensor("momentum_buffer." + $0.name, $1) }
    }

    /// Takes over the state of another run; every velocity has to be there, in its shape.
    public func load(_ saved: [String: Tensor]) throws(TorchError) { try state.load(saved) }
}

extension [NamedTensor] {
    /// Overwrites every tensor with the saved one of its name; saved ones of other names are left.
    ///
    /// Nothing is overwritten unless everything fits.
    ///
    /// - Throws: ``TorchError/stateDoesNotFit(name:reason:)`` for one that is missing or of another
    ///   shape.
    public func load(_ saved: [String: Tensor]) throws(TorchError) {
        for own in self {
            guard let other = saved[own.name] else {
                throw .stateDoesNotFit(name: own.name, reason: "it is missing")
            }
            let (expected, found) = (own.tensor.shape, other.shape)
            guard expected == found else {
                throw .stateDoesNotFit(
                    name: own.name, reason: "its shape is \(found), and \(expected) is needed")
            }
        }
        for own in self {
            if let other = saved[own.name] { try own.tensor.assign(other) }
        }
    }
}

/// What became of a step's gradients.
public struct GradientSummary: Hashable, Sendable {
    /// Their joint Euclidean norm, before clipping.
    public let norm: Double
    /// Whether all are finite; if not, no step should be taken.
    public let isFinite: Bool
}

/// Whole steps over all parameters at once.
public enum Parameters {
    /// Removes all gradients, so that the next backward pass starts from none.
    public static func clearGradients(_ parameters: [Tensor]) throws(TorchError) {
        let handles = unsafe handles(of: parameters)
        try unsafe TorchError.check { message in
            unsafe ctorch_zero_gradients(handles, Int32(handles.count), message)
        }
    }

    /// Multiplies all gradients by `scale`, measures them, and clips their joint norm.
    ///
    /// - Parameters:
    ///   - scale: Undoes a scaled loss.
    ///   - largestNorm: What the norm is brought down to if it is larger; nil never clips. Gradients
    ///     that are not finite are not clipped.
    public static func finishGradients(
        _ parameters: [Tensor], scale: Double = 1, largestNorm: Double? = nil
    ) throws(TorchError) -> GradientSummary {
        let handles = unsafe handles(of: parameters)
        var norm = 0.0
        var isFinite = true
        try unsafe TorchError.check { message in
            unsafe ctorch_finish_gradients(
                handles, Int32(handles.count), scale, largestNorm ?? 0, &norm, &isFinite, message)
        }
        return GradientSummary(norm: norm, isFinite: isFinite)
    }

    /// Moves every running average towards its parameter by the share `1 - decay`.
    public static func average(
        _ averages: [Tensor], towards values: [Tensor], decay: Double
    ) throws(TorchError) {
        precondition(averages.count == values.count, "every average follows one parameter")
        let moving = unsafe handles(of: averages)
        let targets = unsafe handles(of: values)
        try unsafe TorchError.check { message in
            unsafe ctorch_average_step(moving, targets, Int32(moving.count), decay, message)
        }
    }
}

private func zeros(like parameters: [NamedTensor]) throws(TorchError) -> [Tensor] {
    var tensors: [Tensor] = []
    for parameter in parameters {
        let tensor = parameter.tensor
        // Zero times the parameter has its layout in memory too; but a weight may be infinite.
        tensors.append(
            try Scope.withoutGradients { () throws(TorchError) in
                let copy = try tensor.detached().clone()
                try copy.assign(Tensor.zeros([], on: tensor.device))
                return copy
            })
    }
    return tensors
}

/// The handles of tensors that the caller keeps alive.
private func handles(of tensors: [Tensor]) -> [OpaquePointer?] {
    unsafe tensors.map { unsafe $0.handle }
}
