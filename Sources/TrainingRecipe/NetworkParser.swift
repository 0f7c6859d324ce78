import StrictYAML

/// Reads the network of a recipe.
struct NetworkParser {
    let problems: Problems

    func network(_ node: YAMLNode) -> NetworkRecipe? {
        let place = "'network'"
        // The architecture says which other keys there are, so it is looked at first.
        guard case .mapping(let mapping) = node,
            let word = mapping.first(where: { $0.key.scalar?.string == "architecture" })?.value
        else {
            problems.add(
                node, "\(place) needs 'architecture', as in '{architecture: unet}'")
            return nil
        }
        let words = NetworkRecipe.Architecture.allCases.map(\.rawValue)
        guard
            let architecture = word.scalar.flatMap({
                NetworkRecipe.Architecture(rawValue: $0.string)
            })
        else {
            problems.add(
                word, "'architecture' is \(listed(words, last: "or"))\(nearest(word, words))")
            return nil
        }
        func reader(_ keys: String...) -> MappingReader? {
            MappingReader(
                node, "a network '\(architecture.rawValue)'", keys: ["architecture"] + keys,
                problems: problems)
        }
        switch architecture {
        case .srcnn: return reader("kernels", "features", "padding").map { .srcnn(srcnn($0)) }
        case .unet:
            return reader("depth", "base", "normalisation", "attention", "residual", "slope")
                .map { .unet(unet($0)) }
        case .srresnet: return reader("blocks", "features").map { .srresnet(srresnet($0)) }
        case .edsr: return reader("blocks", "features", "residual_scale").map { .edsr(edsr($0)) }
        case .rrdb: return reader("blocks", "features", "growth").map { .rrdb(rrdb($0)) }
        }
    }

    private func srcnn(_ reader: MappingReader) -> SRCNNRecipe {
        let standard = SRCNNRecipe.standard
        let kernels = reader.integers("kernels", count: 3, in: 1...31) ?? standard.kernels
        if kernels.contains(where: { $0 % 2 == 0 }) {
            reader.complain("kernels", "'kernels' lists odd numbers, which have a middle")
        }
        let padding = reader.choice("padding", SRCNNRecipe.Padding.self) ?? standard.padding
        if padding == .replicate2, kernels.reduce(0, +) != 15 {
            reader.complain(
                "padding",
                "'replicate_2' adds 12 pixels in all, so the kernels' edges add up to 15, as 9, 1 and 5 do"
            )
        }
        return SRCNNRecipe(
            kernels: kernels,
            features: reader.integers("features", count: 2, in: 1...1024) ?? standard.features,
            padding: padding)
    }

    private func unet(_ reader: MappingReader) -> UNetRecipe {
        let standard = UNetRecipe.standard
        return UNetRecipe(
            depth: reader.integer("depth", in: 2...7) ?? standard.depth,
            base: reader.integer("base", in: 1...512) ?? standard.base,
            normalisation: reader.choice("normalisation", UNetRecipe.Normalisation.self)
                ?? standard.normalisation,
            attention: reader.choice("attention", UNetRecipe.Attention.self) ?? standard.attention,
            isResidual: reader.flag("residual") ?? standard.isResidual,
            slope: reader.number("slope", in: 0...1) ?? standard.slope)
    }

    private func srresnet(_ reader: MappingReader) -> SRResNetRecipe {
        let standard = SRResNetRecipe.standard
        return SRResNetRecipe(
            blocks: reader.integer("blocks", in: 1...256) ?? standard.blocks,
            features: reader.integer("features", in: 1...1024) ?? standard.features)
    }

    private func edsr(_ reader: MappingReader) -> EDSRRecipe {
        let standard = EDSRRecipe.standard
        return EDSRRecipe(
            blocks: reader.integer("blocks", in: 1...256) ?? standard.blocks,
            features: reader.integer("features", in: 1...1024) ?? standard.features,
            residualScale: reader.number("residual_scale", in: 0.001...1) ?? standard.residualScale)
    }

    private func rrdb(_ reader: MappingReader) -> RRDBRecipe {
        let standard = RRDBRecipe.standard
        return RRDBRecipe(
            blocks: reader.integer("blocks", in: 1...256) ?? standard.blocks,
            features: reader.integer("features", in: 1...1024) ?? standard.features,
            growth: reader.integer("growth", in: 1...1024) ?? standard.growth)
    }
}
