public import Torch

/// A tensor of a network's state by its name, learnt or not.
public struct StateEntry {
    /// The name PyTorch would give it, such as `body.0.conv1.weight`.
    public let name: String
    /// The tensor.
    public let tensor: Tensor
    /// Whether it is learnt; a buffer, such as a running mean, follows the data by itself.
    public let isParameter: Bool

    init(_ name: String, _ tensor: Tensor, isParameter: Bool = true) {
        self.name = name
        self.tensor = tensor
        self.isParameter = isParameter
    }
}

/// A part of a network, or a whole one: from one batch of tensors to another.
public protocol Layer {
    /// What it has learnt, in the order and by the names of the reference implementation, each behind
    /// `prefix`.
    func state(under prefix: String) -> [StateEntry]

    /// The result for a batch (batch, channels, height, width).
    ///
    /// - Parameter training: Whether normalisations follow the batch and change their buffers.
    func callAsFunction(_ input: Tensor, training: Bool) throws(TorchError) -> Tensor
}

extension Layer {
    /// All of the state, buffers included, in the reference's order.
    public var state: [StateEntry] { state(under: "") }

    /// What is learnt, with gradients, in the reference's order.
    public var parameters: [NamedTensor] {
        state.filter(\.isParameter).map { NamedTensor($0.name, $0.tensor) }
    }

    /// How many numbers are learnt.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.tensor.count } }

    /// Overwrites all of the state; every name has to be there in its shape, and nothing changes
    /// unless everything fits. Other names are left alone.
    public func load(_ saved: [String: Tensor]) throws(TorchError) {
        try state.map { NamedTensor($0.name, $0.tensor) }.load(saved)
    }
}

/// The states of layers by their names, in order.
func states(_ prefix: String, _ layers: [(String, any Layer)]) -> [StateEntry] {
    layers.flatMap { name, layer in layer.state(under: prefix + name + ".") }
}
