import Losses
import Networks
import PatchFeed
import Torch
import TrainingRecipe
import Volumes

/// A network while it learns: its weights, their running mean, and the optimiser.
final class Learner {
    let network: any SuperResolutionNetwork
    /// The same network with the running mean of the weights; `nil` without one.
    let average: (any SuperResolutionNetwork)?
    let optimiser: Adam
    private let phase: PhaseRecipe
    private let terms: [(name: String, weight: Double, loss: ImageLoss)]
    private let device: Device
    private let precision: Torch.ElementType?
    private let accumulate: Int

    /// What a step came to.
    struct Step {
        /// Every term by its name, before its weight, and `loss`, their weighted sum.
        let values: [String: Double]
        /// The norm of the gradient before it was clipped.
        let gradientNorm: Double
        /// Whether weights were changed: not where loss or gradient was no number.
        let wasTaken: Bool
    }

    init(
        _ description: NetworkDescription, recipe: TrainingRecipe, phase: PhaseRecipe,
        device: Device
    ) throws {
        self.phase = phase
        self.device = device
        accumulate = recipe.accumulate
        precision =
            switch recipe.precision {
            case .fp32: nil
            case .bf16: .bfloat16
            case .fp16: throw TrainingError.notBuilt("precision: fp16")
            }
        terms = try phase.loss.terms.map { term in
            (term.kind.rawValue, term.weight, try ImageLoss(term.measure))
        }
        func build() throws -> any SuperResolutionNetwork {
            var source = WeightSource(seed: recipe.seed, on: device)
            return try description.build(from: &source)
        }
        network = try build()
        // Made from the same seed, it begins as the network does.
        average = try phase.ema.map { _ in try build() }
        var settings = AdamSettings()
        settings.beta1 = phase.optimiser.betas[0]
        settings.beta2 = phase.optimiser.betas[1]
        settings.weightDecay = phase.optimiser.weightDecay
        settings.isDecoupled = phase.optimiser.kind == .adamw
        optimiser = try Adam(network.parameters, settings: settings)
    }

    /// The network that is judged and kept: the running mean, where there is one.
    var judged: any SuperResolutionNetwork { average ?? network }

    /// One step over as many batches as are accumulated.
    func step(_ batches: [(low: Tensor, high: Tensor)], learningRate: Double) throws -> Step {
        let parameters = network.parameters.map(\.tensor)
        let buffers = try Buffers(of: [network])
        try Parameters.clearGradients(parameters)
        var values: [String: Double] = [:]
        for batch in batches {
            let made = try Scope.autocast(to: precision, on: device) { () throws(TorchError) in
                try network(batch.low, training: true)
            }
            let target = try batch.high.shaved(network.outputMargin)
            var sum: Tensor?
            for term in terms {
                let value = try term.loss(made, target)
                values[term.name, default: 0] += try value.item() / Double(batches.count)
                let weighted = try value * (term.weight / Double(batches.count))
                sum = try sum.map { sum throws(TorchError) in try sum + weighted } ?? weighted
            }
            try sum?.backward()
        }
        let loss = terms.reduce(0) { $0 + $1.weight * (values[$1.name] ?? 0) }
        values["loss"] = loss
        let gradient = try Parameters.finishGradients(
            parameters, largestNorm: phase.gradientClip)
        let isFinite = gradient.isFinite && loss.isFinite
        if isFinite {
            try optimiser.step(learningRate: learningRate)
            try followAverage(parameters)
        } else {
            try buffers.restore()
        }
        return Step(values: values, gradientNorm: gradient.norm, wasTaken: isFinite)
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
    }

    /// Begins with the weights of another, by their names.
    func begin(with weights: [String: Tensor]) throws {
        try network.load(weights)
        try average?.load(weights)
    }

    /// Goes on from a state.
    func load(_ saved: [String: Tensor], steps: Int64) throws {
        try state.load(saved)
        let moments = saved.filter { $0.key.hasPrefix("optimiser.") }
        try optimiser.load(
            Dictionary(
                uniqueKeysWithValues: moments.map { (String($0.key.dropFirst(10)), $0.value) }),
            steps: steps)
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

extension ImageLoss {
    /// A recipe's measure.
    ///
    /// - Throws: ``TrainingError/notBuilt(_:)``.
    init(_ measure: LossTerm.Measure) throws(TrainingError) {
        switch measure {
        case .l1: self = .l1
        case .mse: self = .mse
        case .charbonnier(let epsilon): self = .charbonnier(epsilon: epsilon)
        case .ssim: self = .structuralSimilarity
        case .msSSIM: self = .multiScaleSimilarity
        case .totalVariation: self = .totalVariation
        case .perceptual: throw .notBuilt("a perceptual loss")
        case .gan: throw .notBuilt("an adversarial loss")
        }
    }
}

extension Shape {
    /// Channels, height and width of an image whose slices are channels.
    var image: [Int] { [depth, height, width] }
}
