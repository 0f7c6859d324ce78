import StrictYAML

/// Reads how pores are told from grains; what is wrong is noted, and the standard stands in for it.
struct SegmentationParser {
    let problems: Problems

    func parse(_ node: YAMLNode) -> SegmentationEntry {
        let standard = SegmentationEntry.standard
        let keys = ["denoise", "threshold", "pores", "boundary", "partition", "correct", "clean"]
        guard let reader = MappingReader(node, "'segmentation'", keys: keys, problems: problems)
        else { return standard }
        let correct = reader["correct"].flatMap {
            MappingReader($0, "'correct'", keys: ["drift", "cupping"], problems: problems)
        }
        let clean = reader["clean"].flatMap {
            MappingReader($0, "'clean'", keys: ["holes", "islands"], problems: problems)
        }
        let pores = reader.choice("pores", SegmentationEntry.Pores.self) ?? standard.pores
        return SegmentationEntry(
            correctsDrift: correct?.flag("drift") ?? standard.correctsDrift,
            cuppingDegree: correct.flatMap(cupping) ?? standard.cuppingDegree,
            denoise: reader["denoise"].flatMap { denoising($0, reader) } ?? standard.denoise,
            threshold: reader["threshold"].flatMap { threshold($0, pores) }
                ?? standard.threshold,
            pores: pores,
            boundary: reader.choice("boundary", SegmentationEntry.Boundary.self)
                ?? standard.boundary,
            partition: reader.choice("partition", SegmentationEntry.Partition.self)
                ?? standard.partition,
            holesBelow: clean?.integer("holes", in: 0...Self.mostVoxels) ?? standard.holesBelow,
            islandsBelow: clean?.integer("islands", in: 0...Self.mostVoxels)
                ?? standard.islandsBelow)
    }

    private static let mostVoxels = 1_000_000_000

    private func cupping(_ reader: MappingReader) -> Int? {
        guard let degree = reader.integer("cupping", in: 0...4) else { return nil }
        if degree % 2 == 0 { return degree }
        reader.complain("cupping", "'cupping' is the power 2 or 4 of the distance from the axis")
        return nil
    }

    private enum Word: String, CaseIterable {
        case median, none, nonlocal, diffusion
    }

    private func denoising(
        _ node: YAMLNode, _ reader: MappingReader
    ) -> SegmentationEntry.Denoising? {
        if case .mapping = node {
            let keys = [Word.nonlocal.rawValue, Word.diffusion.rawValue]
            guard let method = MappingReader(node, "'denoise'", keys: keys, problems: problems)
            else { return nil }
            switch (method[keys[0]], method[keys[1]]) {
            case (let settings?, nil): return nonLocalMeans(settings)
            case (nil, let settings?): return diffusion(settings)
            case (nil, nil), (_?, _?):
                problems.add(node, "'denoise' is one method: \(keys[0]) or \(keys[1])")
                return nil
            }
        }
        switch reader.choice("denoise", Word.self) {
        case .median: return .median
        case Word.none?: return SegmentationEntry.Denoising.none
        case .nonlocal: return Self.nonLocalMeans
        case .diffusion: return Self.diffusion
        case nil: return nil
        }
    }

    private static let nonLocalMeans = SegmentationEntry.Denoising.nonLocalMeans(
        patch: 1, search: 3, strength: 0.8)
    private static let diffusion = SegmentationEntry.Denoising.diffusion(steps: 5, edge: 3)

    private func nonLocalMeans(_ node: YAMLNode) -> SegmentationEntry.Denoising {
        guard
            let reader = MappingReader(
                node, "'nonlocal'", keys: ["patch", "search", "strength"], problems: problems)
        else { return Self.nonLocalMeans }
        return .nonLocalMeans(
            patch: reader.integer("patch", in: 0...3) ?? 1,
            search: reader.integer("search", in: 1...10) ?? 3,
            strength: reader.number("strength", in: 0.01...100) ?? 0.8)
    }

    private func diffusion(_ node: YAMLNode) -> SegmentationEntry.Denoising {
        guard
            let reader = MappingReader(
                node, "'diffusion'", keys: ["steps", "edge"], problems: problems)
        else { return Self.diffusion }
        return .diffusion(
            steps: reader.integer("steps", in: 1...100) ?? 5,
            edge: reader.number("edge", in: 0.01...100) ?? 3)
    }

    private static let grey = -1e12...1e12

    private func threshold(
        _ node: YAMLNode, _ pores: SegmentationEntry.Pores
    ) -> SegmentationEntry.Threshold? {
        switch node {
        case .scalar(let scalar) where scalar.string == "otsu": return .otsu
        case .sequence(let names): return phases(names.map { $0 }, of: node)
        case .mapping:
            let keys = ["microporous", "solid", "dense"]
            guard
                let reader = MappingReader(node, "'threshold'", keys: keys, problems: problems),
                reader.required("solid", as: "120") != nil,
                let solid = reader.number("solid", in: Self.grey)
            else { return nil }
            let (microporous, dense) = (
                reader.number("microporous", in: Self.grey), reader.number("dense", in: Self.grey)
            )
            let greys = [microporous, solid, dense].compactMap(\.self)
            guard
                zip(greys, greys.dropFirst()).allSatisfy(pores == .dark ? { $0 < $1 } : { $0 > $1 })
            else {
                problems.add(
                    node,
                    "'threshold' leads from the pores through microporous and solid to dense, by grey "
                        + "values that \(pores == .dark ? "rise where pores are dark" : "fall where pores are bright")"
                )
                return nil
            }
            return .values(microporous: microporous, solid: solid, dense: dense)
        default:
            return readNumber(
                node, problems,
                "'threshold' is otsu, a grey value of the HIGH scan, the phases to tell, or grey "
                    + "values by phase", in: Self.grey
            ).map { .value($0) }
        }
    }

    /// Phases by name, as in `[pore, microporous, solid]`.
    private func phases(_ nodes: [YAMLNode], of list: YAMLNode) -> SegmentationEntry.Threshold? {
        let names = nodes.map { node in
            if case .scalar(let scalar) = node { scalar.string } else { "" }
        }
        let known = ["pore", "microporous", "solid", "dense"]
        guard names == known.filter({ names.contains($0) }), names.contains("pore"),
            names.contains("solid")
        else {
            problems.add(
                list,
                "phases are pore and solid, with microporous between them or dense after them, as in "
                    + "[pore, microporous, solid]")
            return nil
        }
        return .otsuPhases(
            hasMicroporous: names.contains("microporous"), hasDense: names.contains("dense"))
    }
}
