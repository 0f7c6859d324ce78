import Losses
import Networks
import Torch
import TrainingRecipe

/// A discriminator while it learns to tell what a network makes from HIGH, and what the network is told
/// by it.
///
/// A phase begins with one of its own, freshly drawn. It learns at its own rate, which goes along the
/// phase as the network's does.
final class Adversary {
    private let discriminator: any Layer
    let optimiser: Adam
    private let loss: AdversarialLoss
    /// Its learning rate for one of the network's.
    private let rateRatio: Double
    private let precision: Torch.ElementType?
    private let device: Device

    /// - Parameters:
    ///   - channels: Of the images it sees.
    ///   - edge: Of the images it sees, in pixels.
    ///   - features: Of its first layer, 64 as published.
    init(
        _ recipe: AdversarialRecipe, optimiser settings: OptimiserRecipe, channels: Int, edge: Int,
        features: Int, seed: UInt64, device: Device, precision: Torch.ElementType?
    ) throws {
        // Other weights than the network's, whose seed this is too.
        var source = WeightSource(
            seed: seed ^ 0x6469_7363_7269_6D31, on: device,
            channelsLast: WeightSource.prefersChannelsLast(device, precision))
        switch recipe.discriminator {
        case .srgan:
            var description = SRGANDiscriminatorDescription()
            description.channels = channels
            description.size = edge
            description.features = features
            description.dense = 16 * features
            discriminator = try SRGANDiscriminator(description, from: &source)
        case .unet:
            var description = UNetDiscriminatorDescription()
            description.channels = channels
            description.features = features
            discriminator = try UNetDiscriminator(description, from: &source)
        }
        optimiser = try Adam(discriminator.parameters, settings: AdamSettings(settings))
        loss =
            switch recipe.kind {
            case .bce: .bce
            case .lsgan: .lsgan
            case .ragan: .ragan
            }
        rateRatio = (recipe.rate ?? settings.rate) / settings.rate
        self.precision = precision
        self.device = device
    }

    private var parameters: [Tensor] { discriminator.parameters.map(\.tensor) }

    /// What normalisations keep, to be put back after a step that is not taken.
    var layer: any Layer { discriminator }

    private func judge(_ images: Tensor) throws(TorchError) -> Tensor {
        try Scope.autocast(to: precision, on: device) { () throws(TorchError) in
            try discriminator(images, training: true)
        }
    }

    /// What the network has to make small; the gradient flows through the discriminator, not into it.
    func ofNetwork(_ made: Tensor, _ real: Tensor) throws(TorchError) -> Tensor {
        let parameters = parameters
        for parameter in parameters { try parameter.setRequiresGradient(false) }
        // Only one of the losses compares with real images.
        let saidOfReal =
            loss == .ragan
            ? try Scope.withoutGradients { () throws(TorchError) in try judge(real) } : nil
        let saidOfMade = try judge(made)
        for parameter in parameters { try parameter.setRequiresGradient(true) }
        return try loss.ofNetwork(made: saidOfMade, real: saidOfReal ?? saidOfMade)
    }

    /// Lets go of all gradients.
    func clearGradients() throws(TorchError) { try Parameters.clearGradients(parameters) }

    /// Adds up the gradients of one batch.
    ///
    /// - Parameters:
    ///   - made: What the network made, without its graph.
    ///   - factor: On the loss, before the way back.
    /// - Returns: The loss, and what was said on average of real and of made images.
    func learn(
        _ made: Tensor, _ real: Tensor, factor: Double
    ) throws(TorchError) -> (loss: Double, real: Double, made: Double) {
        let (saidOfReal, saidOfMade) = (try judge(real), try judge(made))
        let value = try loss.ofDiscriminator(made: saidOfMade, real: saidOfReal)
        try (value * factor).backward()
        return (
            try value.item(), try saidOfReal.to(type: .float32).mean().item(),
            try saidOfMade.to(type: .float32).mean().item()
        )
    }

    /// Divides what was added up, and measures it.
    func finishGradients(scale: Double, largestNorm: Double?) throws(TorchError) -> GradientSummary
    {
        try Parameters.finishGradients(parameters, scale: scale, largestNorm: largestNorm)
    }

    /// Moves along the gradients.
    func step(networkRate: Double) throws(TorchError) {
        try optimiser.step(learningRate: networkRate * rateRatio)
    }

    /// The discriminator, with its vectors of spectral norms and running means, and its moments.
    var state: [NamedTensor] {
        discriminator.state.map { NamedTensor("discriminator." + $0.name, $0.tensor) }
            + optimiser.state.map { NamedTensor("discriminator_optimiser." + $0.name, $0.tensor) }
    }
}

extension AdamSettings {
    /// A recipe's.
    init(_ recipe: OptimiserRecipe) {
        self.init()
        beta1 = recipe.betas[0]
        beta2 = recipe.betas[1]
        weightDecay = recipe.weightDecay
        isDecoupled = recipe.kind == .adamw
    }
}
