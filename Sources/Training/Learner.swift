import Losses
import Networks
import PatchFeed
import Torch
import TrainingRecipe
import Volumes

/// A network while it learns: its weights, their running mean, the optimiser, and its adversary.
final class Learner {
    let network: any SuperResolutionNetwork
    /// The same network with the running mean of the weights; `nil` without one.
    let average: (any SuperResolutionNetwork)?
    let optimiser: Adam
    /// The discriminator; `nil` for a phase without one.
    let adversary: Adversary?
    /// The factor on losses; `nil` where no precision needs one.
    private(set) var lossScale: LossScale?
    private let phase: PhaseRecipe
    private let terms: [(name: String, weight: Double, distance: Distance)]
    private let device: Device
    private let precision: Torch.ElementType?

    /// What a term measures between what was made and HIGH.
    private enum Distance {
        case image(ImageLoss)
        case perceptual(PerceptualLoss)
        case adversary(Adversary)

        func callAsFunction(_ made: Tensor, _ target: Tensor) throws -> Tensor {
            switch self {
            case .image(let loss): try loss(made, target)
            case .perceptual(let loss): try loss(made, target)
            case .adversary(let adversary): try adversary.ofNetwork(made, target)
            }
        }
    }

    /// What a step came to.
    struct Step {
        /// Every term by its name, before its weight, and `loss`, their weighted sum.
        let values: [String: Double]
        /// The norm of the gradient before it was clipped.
        let gradientNorm: Double
        /// What became of the weights.
        let outcome: Outcome

        enum Outcome {
            /// They were changed.
            case taken
            /// They were not, since the loss was scaled too much; the next will be scaled less.
            case rescaled
            /// They were not, since loss or gradient was no number.
            case failed
        }
    }

    /// - Parameters:
    ///   - discriminatorFeatures: Of a discriminator's first layer.
    ///   - perceptual: Makes the distance of features that a recipe asks for.
    /// - Throws: ``TrainingError``, `TorchError`.
    init(
        _ description: NetworkDescription, recipe: TrainingRecipe, phase: PhaseRecipe,
        device: Device, discriminatorFeatures: Int = 64,
        perceptual: (PerceptualRecipe, Torch.ElementType?) throws -> PerceptualLoss
    ) throws {
        self.phase = phase
        self.device = device
        let precision = recipe.precision.layers
        self.precision = precision
        lossScale = recipe.precision == .fp16 ? LossScale() : nil
        func build() throws -> any SuperResolutionNetwork {
            var source = WeightSource(
                seed: recipe.seed, on: device,
                channelsLast: WeightSource.prefersChannelsLast(device, precision))
            return try description.build(from: &source)
        }
        let network = try build()
        let adversary = try phase.loss.adversarial.map { adversarial in
            try Adversary(
                adversarial, optimiser: phase.optimiser, channels: description.outputs,
                edge: recipe.patch - 2 * network.outputMargin, features: discriminatorFeatures,
                seed: recipe.seed, device: device, precision: precision)
        }
        terms = try phase.loss.terms.map { term in
            let distance: Distance =
                switch term.measure {
                case .l1: .image(.l1)
                case .mse: .image(.mse)
                case .charbonnier(let epsilon): .image(.charbonnier(epsilon: epsilon))
                case .ssim: .image(.structuralSimilarity)
                case .msSSIM: .image(.multiScaleSimilarity)
                case .totalVariation: .image(.totalVariation)
                case .perceptual(let recipe): .perceptual(try perceptual(recipe, precision))
                case .gan:
                    if let adversary {
                        .adversary(adversary)
                    } else {
                        preconditionFailure("a phase with this term has an adversary")
                    }
                }
            return (term.kind.rawValue, term.weight, distance)
        }
        self.network = network
        self.adversary = adversary
        // Made from the same seed, it begins as the network does.
        average = try phase.ema.map { _ in try build() }
        optimiser = try Adam(network.parameters, settings: AdamSettings(phase.optimiser))
    }

    /// The network that is judged and kept: the running mean, where there is one.
    var judged: any SuperResolutionNetwork { average ?? network }

    /// One step over as many batches as are accumulated.
    ///
    /// The discriminator learns from what the network made before the step. Either both move or none.
    func step(_ batches: [(low: Tensor, high: Tensor)], learningRate: Double) throws -> Step {
        let parameters = network.parameters.map(\.tensor)
        let buffers = try Buffers(of: [network] + (adversary.map { [$0.layer] } ?? []))
        try Parameters.clearGradients(parameters)
        try adversary?.clearGradients()
        var values: [String: Double] = [:]
        let factor = (lossScale?.factor ?? 1) / Double(batches.count)
        for batch in batches {
            try addGradients(of: batch, factor: factor, share: 1 / Double(batches.count), &values)
        }
        let loss = terms.reduce(0) { $0 + $1.weight * (values[$1.name] ?? 0) }
        values["loss"] = loss
        let scale = 1 / (lossScale?.factor ?? 1)
        let gradient = try Parameters.finishGradients(
            parameters, scale: scale, largestNorm: phase.gradientClip)
        let opposing = try adversary?.finishGradients(
            scale: scale, largestNorm: phase.gradientClip)
        let isFinite = gradient.isFinite && loss.isFinite && opposing?.isFinite ?? true
        if isFinite {
            try optimiser.step(learningRate: learningRate)
            try adversary?.step(networkRate: learningRate)
            try followAverage(parameters)
        } else {
            try buffers.restore()
        }
        values["loss_scale"] = lossScale?.factor
        let canRescale = lossScale?.follow(isFinite: isFinite) ?? false
        return Step(
            values: values, gradientNorm: gradient.norm,
            outcome: isFinite ? .taken : canRescale && loss.isFinite ? .rescaled : .failed)
    }

    private func addGradients(
        of batch: (low: Tensor, high: Tensor), factor: Double, share: Double,
        _ values: inout [String: Double]
    ) throws {
        let made = try Scope.autocast(to: precision, on: device) { () throws(TorchError) in
            try network(batch.low, training: true)
        }
        let target = try batch.high.shaved(network.outputMargin)
        var sum: Tensor?
        var measured: [(name: String, value: Tensor)] = []
        for term in terms {
            let value = try term.distance(made, target)
            measured.append((term.name, try value.detached()))
            let weighted = try value * (term.weight * factor)
            sum = try sum.map { sum throws(TorchError) in try sum + weighted } ?? weighted
        }
        try sum?.backward()
        // A number is waited for: not before all work has been given to the device.
        for (name, value) in measured { values[name, default: 0] += try value.item() * share }
        guard let adversary else { return }
        let said = try adversary.learn(made.detached(), target, factor: factor)
        values["discriminator", default: 0] += said.loss * share
        values["said_of_real", default: 0] += said.real * share
        values["said_of_made", default: 0] += said.made * share
    }

    private func followAverage(_ parameters: [Tensor]) throws {
        guard let average, let decay = phase.ema else { return }
        try Parameters.average(
            average.parameters.map(\.tensor), towards: parameters, decay: decay)
        // Running means of normalisations are taken over as they are.
        for (mine, theirs) in zip(average.state, network.state) where !mine.isParameter {
            try mine.tensor.assign(theirs.tensor)
        }
    }

    /// Everything that changes while it learns, by names that tell what it belongs to.
    var state: [NamedTensor] {
        func named(_ prefix: String, _ network: any SuperResolutionNetwork) -> [NamedTensor] {
            network.state.map { NamedTensor(prefix + $0.name, $0.tensor) }
        }
        return named("network.", network) + (average.map { named("average.", $0) } ?? [])
            + optimiser.state.map { NamedTensor("optimiser." + $0.name, $0.tensor) }
            + (adversary?.state ?? [])
    }

    /// Begins with the weights of another, by their names.
    func begin(with weights: [String: Tensor]) throws {
        try network.load(weights)
        try average?.load(weights)
    }

    /// Begins with those weights of another that are given, by their names.
    ///
    /// - Returns: How many tensors were taken, and how many there are.
    func begin(
        withSome weights: [String: Tensor]
    ) throws -> (count: Int, total: Int) {
        let state = network.state
        let merged = Dictionary(
            uniqueKeysWithValues: state.map { ($0.name, weights[$0.name] ?? $0.tensor) })
        try begin(with: merged)
        return (state.count { weights[$0.name] != nil }, state.count)
    }

    /// Goes on from a checkpoint's state.
    func load(_ saved: [String: Tensor], _ checkpoint: Checkpoint) throws {
        try state.load(saved)
        func moments(_ prefix: String) -> [String: Tensor] {
            Dictionary(
                uniqueKeysWithValues: saved.filter { $0.key.hasPrefix(prefix) }
                    .map { (String($0.key.dropFirst(prefix.count)), $0.value) })
        }
        try optimiser.load(moments("optimiser."), steps: checkpoint.optimiserSteps)
        // Both take a step together or none.
        try adversary?.optimiser.load(
            moments("discriminator_optimiser."), steps: checkpoint.optimiserSteps)
        if let scale = checkpoint.lossScale { lossScale = scale }
    }

    /// A batch on the device.
    func tensors(_ batch: PatchBatch<some Sendable>) throws -> (low: Tensor, high: Tensor) {
        try batch.withVoxels { low, high in
            (
                try Tensor(low, shape: [batch.count] + batch.lowShape.image, on: device),
                try Tensor(high, shape: [batch.count] + batch.highShape.image, on: device)
            )
        }
    }
}

/// What layers keep of the batches they have seen, beside what they learn: running means and the like.
///
/// A step that is not taken leaves no trace there either: one that is no number would stay for good.
private struct Buffers {
    private let kept: [(tensor: Tensor, copy: Tensor)]

    init(of layers: [any Layer]) throws {
        kept = try layers.flatMap(\.state).filter { !$0.isParameter }.map {
            ($0.tensor, try $0.tensor.clone())
        }
    }

    func restore() throws {
        for entry in kept { try entry.tensor.assign(entry.copy) }
    }
}

extension WeightSource {
    /// Whether convolutions are faster where a pixel's channels lie side by side: on processors by about
    /// a tenth, and on GPUs in half precision.
    static func prefersChannelsLast(_ device: Device, _ precision: Torch.ElementType?) -> Bool {
        device == .cpu || precision != nil
    }
}

extension TrainingRecipe.Precision {
    /// What layers compute in where it is not single precision.
    var layers: Torch.ElementType? {
        switch self {
        case .fp32: nil
        case .bf16: .bfloat16
        case .fp16: .float16
        }
    }
}

extension Shape {
    /// Channels, height and width of an image whose slices are channels.
    var image: [Int] { [depth, height, width] }
}
