/// What a network is trained to make small: a weighted sum of terms.
public struct LossRecipe: Hashable, Sendable, Codable {
    /// The terms, in the order of ``LossTerm/Kind``; at least one.
    public let terms: [LossTerm]

    /// Terms in their order.
    public init(_ terms: [LossTerm]) {
        let order = LossTerm.Kind.allCases
        self.terms = terms.sorted {
            (order.firstIndex(of: $0.kind) ?? 0) < (order.firstIndex(of: $1.kind) ?? 0)
        }
    }

    /// Mixtures that have a name.
    public enum Preset: String, Sendable, CaseIterable {
        /// 0.84 Charbonnier + 0.16 (1 - MS-SSIM).
        case mixture
        /// The weights of Zhao et al. 2017 (doi:10.1109/TCI.2016.2644865): 0.84 (1 - MS-SSIM) + 0.16 L1.
        case zhao
        case l1, mse, charbonnier
    }

    /// A mixture with a name.
    public init(_ preset: Preset) {
        let terms: [LossTerm] =
            switch preset {
            case .mixture:
                [
                    LossTerm(weight: 0.84, .charbonnier(epsilon: LossTerm.standardEpsilon)),
                    LossTerm(weight: 0.16, .msSSIM),
                ]
            case .zhao: [LossTerm(weight: 0.16, .l1), LossTerm(weight: 0.84, .msSSIM)]
            case .l1: [LossTerm(weight: 1, .l1)]
            case .mse: [LossTerm(weight: 1, .mse)]
            case .charbonnier:
                [LossTerm(weight: 1, .charbonnier(epsilon: LossTerm.standardEpsilon))]
            }
        self.init(terms)
    }

    /// The adversarial term, if there is one.
    public var adversarial: AdversarialRecipe? {
        for term in terms {
            if case .gan(let recipe) = term.measure { return recipe }
        }
        return nil
    }
}

/// One term of a loss with its weight.
public struct LossTerm: Hashable, Sendable {
    /// The factor, above 0.
    public let weight: Double
    /// What is measured.
    public let measure: Measure

    /// What a term measures between the network's output and HIGH.
    public enum Measure: Hashable, Sendable {
        /// The mean of absolute differences.
        case l1
        /// The mean of squared differences.
        case mse
        /// The mean of sqrt(d^2 + epsilon^2).
        case charbonnier(epsilon: Double)
        /// 1 - SSIM.
        case ssim
        /// 1 - MS-SSIM; levels that do not fit a small patch are dropped, and the weights renormalised.
        case msSSIM
        /// The mean of squared differences between neighbouring pixels of the output.
        case totalVariation
        /// The difference between features of another network.
        case perceptual(PerceptualRecipe)
        /// What a discriminator tells.
        case gan(AdversarialRecipe)
    }

    /// Charbonnier's epsilon unless a recipe says another.
    public static let standardEpsilon = 1e-3

    /// The names recipes use, in the order in which terms are listed.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        case l1, mse, charbonnier, ssim
        case msSSIM = "ms_ssim"
        case totalVariation = "tv"
        case perceptual, gan
    }

    /// A measure with its weight.
    public init(weight: Double, _ measure: Measure) {
        self.weight = weight
        self.measure = measure
    }

    /// Which one it is.
    public var kind: Kind {
        switch measure {
        case .l1: .l1
        case .mse: .mse
        case .charbonnier: .charbonnier
        case .ssim: .ssim
        case .msSSIM: .msSSIM
        case .totalVariation: .totalVariation
        case .perceptual: .perceptual
        case .gan: .gan
        }
    }
}

/// A loss on the features of another network.
public struct PerceptualRecipe: Hashable, Sendable, Codable {
    /// The network whose features they are.
    public let network: Network
    /// The layers with their weights, by name; empty for the network's own choice.
    public let layers: [String: Double]

    /// A network of features.
    public enum Network: Hashable, Sendable, Codable {
        /// VGG19 with the weights of a file, as written; relative to the folder of the recipe.
        case vgg19(weights: String)
        /// A small network trained on the catalog itself before the run.
        case catalog
    }
}

/// A loss that a second network gives, trained to tell outputs from HIGH.
public struct AdversarialRecipe: Hashable, Sendable, Codable {
    /// How the discriminator's answers become a loss.
    public let kind: Kind
    /// The second network.
    public let discriminator: Discriminator
    /// Its learning rate; `nil` for the generator's.
    public let rate: Double?

    /// How answers become a loss.
    public enum Kind: String, Codable, Sendable, CaseIterable {
        /// Binary cross-entropy (Goodfellow et al. 2014).
        case bce
        /// Least squares (Mao et al. 2017, doi:10.1109/ICCV.2017.304).
        case lsgan
        /// Relativistic average (Jolicoeur-Martineau 2019).
        case ragan
    }

    /// The network that tells.
    public enum Discriminator: String, Codable, Sendable, CaseIterable {
        /// SRGAN's, which ends in dense layers.
        case srgan
        /// A U-Net with spectral normalisation, which tells pixel by pixel.
        case unet
    }
}

extension LossTerm: Codable {
    private enum CodingKeys: String, CodingKey {
        case kind, weight, epsilon, perceptual, gan
    }

    /// Reads a kind, its weight and its options.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        weight = try container.decode(Double.self, forKey: .weight)
        measure =
            switch try container.decode(Kind.self, forKey: .kind) {
            case .l1: .l1
            case .mse: .mse
            case .charbonnier:
                .charbonnier(epsilon: try container.decode(Double.self, forKey: .epsilon))
            case .ssim: .ssim
            case .msSSIM: .msSSIM
            case .totalVariation: .totalVariation
            case .perceptual:
                .perceptual(try container.decode(PerceptualRecipe.self, forKey: .perceptual))
            case .gan: .gan(try container.decode(AdversarialRecipe.self, forKey: .gan))
            }
    }

    /// Writes a kind, its weight and its options.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(kind, forKey: .kind)
        try container.encode(weight, forKey: .weight)
        switch measure {
        case .charbonnier(let epsilon): try container.encode(epsilon, forKey: .epsilon)
        case .perceptual(let recipe): try container.encode(recipe, forKey: .perceptual)
        case .gan(let recipe): try container.encode(recipe, forKey: .gan)
        case .l1, .mse, .ssim, .msSSIM, .totalVariation: break
        }
    }
}
