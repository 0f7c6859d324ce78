import Networks
import TrainingRecipe

extension NetworkDescription {
    /// The network that a recipe asks for, from one grey channel to one.
    init(_ recipe: TrainingRecipe) throws(TrainingError) {
        guard recipe.lowSlices == 1 else {
            throw .notBuilt("a network that sees several LOW slices (low_slices)")
        }
        guard recipe.highSlices != .all else {
            throw .notBuilt("a network that finds several HIGH slices (high_slices: all)")
        }
        let scale = recipe.scale
        switch recipe.network {
        case .srcnn(let options):
            var description = SRCNNDescription()
            description.scale = scale
            description.kernels = options.kernels
            description.features = options.features
            description.border = options.padding == .zeros ? .zeros : .replicateTwo
            self = .srcnn(description)
        case .srresnet(let options):
            var description = SRResNetDescription()
            description.scale = scale
            description.blocks = options.blocks
            description.features = options.features
            self = .srresnet(description)
        case .edsr(let options):
            var description = EDSRDescription.medium(scale: scale)
            description.blocks = options.blocks
            description.features = options.features
            description.residualScale = options.residualScale
            self = .edsr(description)
        case .rrdb(let options):
            var description = RRDBDescription(scale: scale)
            description.blocks = options.blocks
            description.features = options.features
            description.growth = options.growth
            self = .rrdb(description)
        case .unet(let options):
            guard options.slope == UNetRecipe.standard.slope else {
                throw .notBuilt("a U-Net with a slope other than \(UNetRecipe.standard.slope)")
            }
            var description = UNetDescription()
            description.scale = scale
            description.depth = options.depth
            description.base = options.base
            description.normalisation = Normalisation(options.normalisation)
            description.attention = Attention(options.attention)
            description.isResidual = options.isResidual
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
