import Networks
import TrainingRecipe

extension NetworkDescription {
    /// The network that a recipe asks for: slices are its channels.
    ///
    /// - Parameter highSlices: HIGH slices that it finds.
    init(_ recipe: TrainingRecipe, highSlices: Int) {
        let channels = recipe.lowSlices
        let outputs: Int? = channels == 1 && highSlices == 1 ? nil : highSlices
        let scale = recipe.scale
        switch recipe.network {
        case .srcnn(let options):
            var description = SRCNNDescription()
            description.scale = scale
            (description.channels, description.outputs) = (channels, outputs)
            description.kernels = options.kernels
            description.features = options.features
            description.border = options.padding == .zeros ? .zeros : .replicateTwo
            self = .srcnn(description)
        case .srresnet(let options):
            var description = SRResNetDescription()
            description.scale = scale
            (description.channels, description.outputs) = (channels, outputs)
            description.blocks = options.blocks
            description.features = options.features
            self = .srresnet(description)
        case .edsr(let options):
            var description = EDSRDescription.medium(scale: scale)
            (description.channels, description.outputs) = (channels, outputs)
            // The mean of one grey channel, for each slice.
            description.mean = Array(repeating: description.mean[0], count: channels)
            description.blocks = options.blocks
            description.features = options.features
            description.residualScale = options.residualScale
            self = .edsr(description)
        case .rrdb(let options):
            var description = RRDBDescription(scale: scale)
            (description.channels, description.outputs) = (channels, outputs)
            description.blocks = options.blocks
            description.features = options.features
            description.growth = options.growth
            self = .rrdb(description)
        case .unet(let options):
            var description = UNetDescription()
            description.scale = scale
            (description.channels, description.outputs) = (channels, outputs)
            description.depth = options.depth
            description.base = options.base
            description.normalisation = Normalisation(options.normalisation)
            description.attention = Attention(options.attention)
            description.isResidual = options.isResidual
            description.slope = options.slope
            self = .unet(description)
        }
    }
}

extension Normalisation {
    fileprivate init(_ recipe: UNetRecipe.Normalisation) {
        switch recipe {
        case .none: self = .none
        case .group: self = .group
        case .instance: self = .instance
        case .batch: self = .batch
        }
    }
}

extension Attention {
    fileprivate init(_ recipe: UNetRecipe.Attention) {
        switch recipe {
        case .none: self = .none
        case .se: self = .squeezeExcitation
        case .scse: self = .concurrentSqueezeExcitation
        case .cbam: self = .convolutionalBlock
        }
    }
}
