import StrictYAML

/// Reads the loss of a recipe or a phase.
struct LossParser {
    let problems: Problems

    /// A mixture by its name, or terms with their weights.
    func loss(_ node: YAMLNode) -> LossRecipe? {
        let presets = LossRecipe.Preset.allCases.map(\.rawValue)
        if case .scalar(let scalar) = node {
            if let preset = LossRecipe.Preset(rawValue: scalar.string) { return LossRecipe(preset) }
            problems.add(
                node,
                "'loss' is \(listed(presets, last: "or")), or terms with weights, as in '{l1: 1}'\(nearest(node, presets))"
            )
            return nil
        }
        guard
            let reader = MappingReader(
                node, "'loss'", keys: LossTerm.Kind.allCases.map(\.rawValue), problems: problems)
        else { return nil }
        let kinds = LossTerm.Kind.allCases.filter { reader[$0.rawValue] != nil }
        if kinds.isEmpty {
            problems.add(node, "'loss' has a term at least, as in '{l1: 1}'")
        } else if kinds.allSatisfy({ $0 == .totalVariation || $0 == .gan }) {
            problems.add(
                node,
                "'loss' has a term that compares with HIGH, beside \(listed(kinds.map(\.rawValue)))"
            )
        }
        let terms = kinds.compactMap { kind in reader[kind.rawValue].flatMap { term($0, kind) } }
        return LossRecipe(terms)
    }

    private func term(_ node: YAMLNode, _ kind: LossTerm.Kind) -> LossTerm? {
        let options: [String] =
            switch kind {
            case .charbonnier: ["epsilon"]
            case .perceptual: ["network", "weights", "layers"]
            case .gan: ["kind", "discriminator", "rate"]
            case .l1, .mse, .ssim, .msSSIM, .totalVariation: []
            }
        if case .scalar = node {
            guard kind != .perceptual && kind != .gan else {
                let example =
                    kind == .gan
                    ? "{weight: 0.005, kind: ragan, discriminator: unet}"
                    : "{weight: 0.1, network: catalog}"
                problems.add(node, "'\(kind.rawValue)' has options, as in '\(example)'")
                return nil
            }
            return weight(node).map { LossTerm(weight: $0, measure(kind, nil)) }
        }
        guard
            let reader = MappingReader(
                node, "the term '\(kind.rawValue)'", keys: ["weight"] + options,
                problems: problems),
            let weightNode = reader.required("weight", as: "1"), let weight = weight(weightNode)
        else { return nil }
        return LossTerm(weight: weight, measure(kind, reader))
    }

    private func weight(_ node: YAMLNode) -> Double? {
        readNumber(node, problems, "a weight is a number from 1e-9 to 1e9", in: 1e-9...1e9)
    }

    private func measure(_ kind: LossTerm.Kind, _ reader: MappingReader?) -> LossTerm.Measure {
        switch kind {
        case .l1: .l1
        case .mse: .mse
        case .charbonnier:
            .charbonnier(
                epsilon: reader?.number("epsilon", in: 1e-9...1) ?? LossTerm.standardEpsilon)
        case .ssim: .ssim
        case .msSSIM: .msSSIM
        case .totalVariation: .totalVariation
        case .perceptual: .perceptual(perceptual(reader))
        case .gan: .gan(adversarial(reader))
        }
    }

    private enum FeatureNetwork: String, CaseIterable {
        case vgg19, catalog
    }

    private func perceptual(_ reader: MappingReader?) -> PerceptualRecipe {
        let standard = PerceptualRecipe(network: .catalog, layers: [:])
        guard let reader else { return standard }
        _ = reader.required("network", as: "catalog")
        let layers = reader["layers"].map(layerWeights) ?? [:]
        switch reader.choice("network", FeatureNetwork.self) {
        case .vgg19?:
            _ = reader.required("weights", as: "vgg19.pth")
            return PerceptualRecipe(
                network: .vgg19(weights: reader.text("weights", limit: 4000) ?? ""), layers: layers)
        case .catalog?:
            if reader["weights"] != nil {
                reader.complain(
                    "weights", "'weights' goes with 'network: vgg19'; 'catalog' trains its own")
            }
            return PerceptualRecipe(network: .catalog, layers: layers)
        case nil: return standard
        }
    }

    private func layerWeights(_ node: YAMLNode) -> [String: Double] {
        guard case .mapping(let mapping) = node else {
            problems.add(node, "'layers' are names with weights, as in '{conv5_4: 1}'")
            return [:]
        }
        var layers: [String: Double] = [:]
        for (key, value) in mapping {
            guard let name = key.scalar?.string else {
                problems.add(key, "the name of a layer is a word")
                continue
            }
            layers[name] = weight(value)
        }
        return layers
    }

    private func adversarial(_ reader: MappingReader?) -> AdversarialRecipe {
        _ = reader?.required("kind", as: "ragan")
        _ = reader?.required("discriminator", as: "unet")
        return AdversarialRecipe(
            kind: reader?.choice("kind", AdversarialRecipe.Kind.self) ?? .bce,
            discriminator: reader?.choice(
                "discriminator", AdversarialRecipe.Discriminator.self) ?? .unet,
            rate: reader?.number("rate", in: 1e-9...1))
    }
}
