import Dataset
import Foundation
import StrictYAML
public import SystemPackage

extension TrainingRecipe {
    /// Reads and checks the recipe at `path`.
    ///
    /// - Throws: ``RecipeError``, with all problems of the file.
    public init(contentsOf path: FilePath) throws(RecipeError) {
        let text: String
        do {
            text = try YAMLFile.text(of: path, what: "recipe")
        } catch {
            throw RecipeError(error, path)
        }
        try self.init(yaml: text, path: path)
    }

    /// Checks the text of a recipe; `path` says where it would lie.
    ///
    /// - Throws: ``RecipeError/invalid(_:_:)`` with all problems, in the order of the text.
    public init(yaml: String, path: FilePath) throws(RecipeError) {
        let node: YAMLNode?
        do {
            node = try YAMLFile.root(of: yaml, what: "recipe")
        } catch {
            throw RecipeError(error, path)
        }
        let problems = Problems()
        let recipe = node.flatMap { RecipeParser(problems: problems).recipe($0) }
        if node == nil {
            problems.add(nil, "the file is empty; it needs 'name', 'network', 'scale' and 'length'")
        }
        guard let recipe, problems.all.isEmpty else { throw .invalid(path, problems.sorted) }
        self = recipe
    }
}

/// Walks the nodes of a recipe; what is wrong is noted, and the rest read on.
struct RecipeParser {
    let problems: Problems

    private static let keys =
        [
            "name", "network", "scale", "patch", "low_slices", "high_slices", "batch", "accumulate",
            "patches_per_epoch", "seed", "start", "phases", "data", "precision", "validation",
            "checkpoints", "failed_steps",
        ] + PhaseParser.keys

    func recipe(_ node: YAMLNode) -> TrainingRecipe? {
        guard let top = MappingReader(node, "the recipe", keys: Self.keys, problems: problems)
        else { return nil }
        let network = top.required("network", as: "{architecture: unet}").flatMap {
            NetworkParser(problems: problems).network($0)
        }
        _ = top.required("scale", as: "4")
        let scale = top.integer("scale", in: 1...8) ?? 1
        let patch = top.integer("patch", in: 1...8192) ?? 48 * scale
        if patch % scale != 0 {
            top.complain(
                "patch",
                "'patch' is a multiple of the scale \(scale): \(max(patch / scale, 1) * scale) or \((patch / scale + 1) * scale)"
            )
        }
        let lowSlices = top.integer("low_slices", in: 1...31) ?? 1
        if lowSlices % 2 == 0 {
            top.complain("low_slices", "'low_slices' is odd: the slice with as many on each side")
        }
        let phases = PhaseParser(problems: problems, patch: patch).phases(top)
        let recipe = TrainingRecipe(
            name: name(top), network: network ?? .srcnn(.standard), scale: scale, patch: patch,
            lowSlices: lowSlices,
            highSlices: top.choice("high_slices", TrainingRecipe.HighSlices.self) ?? .middle,
            batch: top.integer("batch", in: 1...4096) ?? 8,
            accumulate: top.integer("accumulate", in: 1...4096) ?? 1,
            patchesPerEpoch: top.integer("patches_per_epoch", in: 1...1_000_000_000),
            seed: top.integer("seed", in: 0...Int(UInt32.max)).map(UInt64.init) ?? 1,
            start: top["start"].flatMap(start), phases: phases,
            data: top["data"].map(data) ?? .standard,
            precision: top.choice("precision", TrainingRecipe.Precision.self) ?? .fp32,
            validation: top["validation"].map(validation) ?? .standard,
            checkpoints: top["checkpoints"].map(checkpoints) ?? .standard,
            failedSteps: top.integer("failed_steps", in: 1...1000) ?? 5)
        return problems.all.isEmpty ? recipe : nil
    }

    private func name(_ top: MappingReader) -> SampleID {
        let standard = SampleID("recipe")
        guard let name = top.required("name", as: "unet-baseline")?.scalar?.string,
            let id = SampleID(name)
        else {
            if top["name"] != nil {
                top.complain(
                    "name",
                    "'name' is 1 to 64 letters, digits, '-', '_' or '.', beginning with a letter or digit"
                )
            }
            guard let standard else { preconditionFailure("'recipe' is a name") }
            return standard
        }
        return id
    }

    private func start(_ node: YAMLNode) -> StartRecipe? {
        guard
            let reader = MappingReader(
                node, "'start'", keys: ["checkpoint", "load"], problems: problems)
        else { return nil }
        _ = reader.required("checkpoint", as: "../x2/best.safetensors")
        guard let checkpoint = reader.text("checkpoint", limit: 4000) else { return nil }
        return StartRecipe(
            checkpoint: checkpoint, load: reader.choice("load", StartRecipe.Load.self) ?? .all)
    }

    private func validation(_ node: YAMLNode) -> ValidationRecipe {
        guard
            let reader = MappingReader(node, "'validation'", keys: ["every"], problems: problems)
        else { return .standard }
        return ValidationRecipe(
            every: reader.length("every", least: 1) ?? ValidationRecipe.standard.every)
    }

    private func checkpoints(_ node: YAMLNode) -> CheckpointRecipe {
        let standard = CheckpointRecipe.standard
        guard
            let reader = MappingReader(
                node, "'checkpoints'", keys: ["every", "last", "best"], problems: problems)
        else { return standard }
        return CheckpointRecipe(
            every: reader.length("every", least: 1) ?? standard.every,
            last: reader.integer("last", in: 1...1000) ?? standard.last,
            best: reader.choices("best", JudgedBy.self) ?? standard.best)
    }

    private func data(_ node: YAMLNode) -> DataRecipe {
        let standard = DataRecipe.standard
        let keys = ["scanned", "degradation", "augmentation", "leave_out"]
        guard let reader = MappingReader(node, "'data'", keys: keys, problems: problems) else {
            return standard
        }
        let scanned = reader.number("scanned", in: 0...1) ?? standard.scanned
        if scanned < 1, reader["degradation"] == nil {
            reader.complain(
                "scanned",
                "where not all samples are scanned, 'degradation' says how HIGH is degraded, as in 'degradation: tomography'"
            )
        }
        return DataRecipe(
            scanned: scanned,
            degradation: reader.choice("degradation", DataRecipe.Profile.self)
                ?? standard.degradation,
            augmentation: reader["augmentation"].map(augmentation) ?? standard.augmentation,
            leaveOut: reader.choices("leave_out", PatchFlag.self)?.sorted() ?? standard.leaveOut)
    }

    private func augmentation(_ node: YAMLNode) -> AugmentationRecipe {
        let words: [String: AugmentationRecipe] = [
            "none": .none, "standard": .standard, "all": .all,
        ]
        if case .scalar(let scalar) = node {
            if let recipe = words[scalar.string] { return recipe }
            problems.add(
                node,
                "'augmentation' is none, standard, all, or keys with true and false, as in '{flips: true}'\(nearest(node, words.keys.sorted()))"
            )
            return .standard
        }
        let keys = ["flips", "turns", "shifts", "resizing", "blur", "noise"]
        guard let reader = MappingReader(node, "'augmentation'", keys: keys, problems: problems)
        else { return .standard }
        return AugmentationRecipe(
            flips: reader.flag("flips") ?? false, turns: reader.flag("turns") ?? false,
            shifts: reader.flag("shifts") ?? false, resizing: reader.flag("resizing") ?? false,
            blur: reader.flag("blur") ?? false, noise: reader.flag("noise") ?? false)
    }
}

extension MappingReader {
    /// A length of training with its unit.
    func length(_ key: String, least: Int) -> RunLength? {
        self[key].flatMap { readLength($0, key, least: least, problems) }
    }

    /// A list of words of an enumeration, each once.
    func choices<Choice: RawRepresentable<String> & CaseIterable & Hashable>(
        _ key: String, _ type: Choice.Type
    ) -> [Choice]? {
        guard let value = self[key] else { return nil }
        let words = Choice.allCases.map(\.rawValue)
        guard case .sequence(let sequence) = value else {
            problems.add(value, "'\(key)' is a list of \(listed(words)), as in '[\(words[0])]'")
            return nil
        }
        var choices: [Choice] = []
        for element in sequence {
            guard let choice = element.scalar.flatMap({ Choice(rawValue: $0.string) }) else {
                problems.add(
                    element, "'\(key)' lists \(listed(words, last: "or"))\(nearest(element, words))"
                )
                continue
            }
            if choices.contains(choice) {
                problems.add(element, "\(quoted(choice.rawValue)) is there twice; keep one")
            } else {
                choices.append(choice)
            }
        }
        return choices
    }

    /// A list of `count` whole numbers in a range.
    func integers(_ key: String, count: Int, in range: ClosedRange<Int>) -> [Int]? {
        guard let value = self[key] else { return nil }
        guard case .sequence(let sequence) = value, sequence.count == count else {
            problems.add(value, "'\(key)' is a list of \(count) whole numbers")
            return nil
        }
        let numbers = sequence.compactMap {
            readInteger($0, problems, "'\(key)' lists whole numbers", in: range)
        }
        return numbers.count == count ? numbers : nil
    }
}

/// A length of training with its unit, of `least` or more.
func readLength(
    _ node: YAMLNode, _ key: String, least: Int, _ problems: Problems
) -> RunLength? {
    guard let length = node.scalar.flatMap({ RunLength($0.string) }), length.count >= least else {
        problems.add(
            node,
            "'\(key)' is a whole number from \(least) with its unit, as in '150 epochs' or '300000 steps'\(butIs(node))"
        )
        return nil
    }
    return length
}
