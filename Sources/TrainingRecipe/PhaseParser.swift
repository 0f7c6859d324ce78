import StrictYAML

/// Reads the phases of a recipe. What a phase leaves out it takes from the recipe's own keys; without
/// 'phases' those describe the only one.
struct PhaseParser {
    let problems: Problems
    /// The edge of a sample, which some discriminators restrict.
    let patch: Int

    /// The keys that stand in a phase, or in the recipe for all of them.
    static let keys = [
        "length", "loss", "optimiser", "schedule", "gradient_clip", "ema", "early_stop",
    ]

    /// What a phase takes unless it says otherwise.
    private struct Settings {
        var length: RunLength?
        var loss = LossRecipe(.mixture)
        var optimiser = OptimiserRecipe.standard
        var schedule = ScheduleRecipe.standard
        var gradientClip: Double?
        var ema: Double?
        var earlyStop: EarlyStopRecipe?
    }

    func phases(_ top: MappingReader) -> [PhaseRecipe] {
        let common = settings(top, over: Settings())
        guard let node = top["phases"] else {
            _ = top.required("length", as: "150 epochs")
            return [phase("training", common, from: .averaged, top)]
        }
        guard case .sequence(let sequence) = node, (1...20).contains(sequence.count) else {
            problems.add(node, "'phases' is a list of 1 to 20 phases, each with a '-' before it")
            return []
        }
        var names: Set<String> = []
        return sequence.enumerated().compactMap { index, node in
            guard
                let reader = MappingReader(
                    node, "a phase", keys: ["name", "from"] + Self.keys, problems: problems)
            else { return nil }
            _ = reader.required("name", as: "psnr")
            let name = reader.text("name", limit: 64) ?? "phase-\(index + 1)"
            if !names.insert(name).inserted {
                reader.complain("name", "there is already a phase \(quoted(name)); names differ")
            }
            if index == 0, reader["from"] != nil {
                reader.complain(
                    "from", "the first phase follows no other; 'start' names a checkpoint")
            }
            let settings = settings(reader, over: common)
            if settings.length == nil {
                _ = reader.required("length", as: "300000 steps")
            }
            let from = reader.choice("from", PhaseRecipe.From.self) ?? .averaged
            return phase(name, settings, from: from, reader)
        }
    }

    private func phase(
        _ name: String, _ settings: Settings, from: PhaseRecipe.From, _ reader: MappingReader
    ) -> PhaseRecipe {
        let length = settings.length ?? .epochs(1)
        check(settings.schedule, length, reader)
        if settings.loss.adversarial?.discriminator == .srgan, patch % 16 != 0 {
            reader.complain(
                "loss",
                "the discriminator 'srgan' halves a patch four times; take a 'patch' that is a multiple of 16"
            )
        }
        return PhaseRecipe(
            name: name, length: length, from: from, loss: settings.loss,
            optimiser: settings.optimiser, schedule: settings.schedule,
            gradientClip: settings.gradientClip, ema: settings.ema, earlyStop: settings.earlyStop)
    }

    /// A schedule fits in its phase, as far as both are counted alike.
    private func check(_ schedule: ScheduleRecipe, _ length: RunLength, _ reader: MappingReader) {
        func isBeyond(_ part: RunLength) -> Bool {
            part.isInEpochs == length.isInEpochs && part.count >= length.count && part.count > 0
        }
        if isBeyond(schedule.warmUp) {
            reader.complain(
                "schedule", "a warm-up of \(schedule.warmUp) leaves nothing of \(length)")
        }
        if case .steps(let milestones, _) = schedule.course,
            let late = milestones.first(where: isBeyond)
        {
            reader.complain("schedule", "the milestone \(late) is not before the end, \(length)")
        }
    }

    private func settings(_ reader: MappingReader, over standard: Settings) -> Settings {
        var settings = standard
        settings.length = reader.length("length", least: 1) ?? standard.length
        settings.loss =
            reader["loss"].flatMap { LossParser(problems: problems).loss($0) } ?? standard.loss
        settings.optimiser =
            reader["optimiser"].map { optimiser($0, over: standard.optimiser) }
            ?? standard.optimiser
        settings.schedule = reader["schedule"].map(schedule) ?? standard.schedule
        if reader["gradient_clip"] != nil {
            settings.gradientClip =
                reader.isNone("gradient_clip")
                ? nil : reader.number("gradient_clip", in: 1e-6...1e6)
        }
        if reader["ema"] != nil {
            settings.ema = reader.isNone("ema") ? nil : reader.number("ema", in: 0...0.999999)
        }
        if let node = reader["early_stop"] {
            settings.earlyStop = reader.isNone("early_stop") ? nil : earlyStop(node)
        }
        return settings
    }

    private func optimiser(_ node: YAMLNode, over standard: OptimiserRecipe) -> OptimiserRecipe {
        let keys = ["kind", "rate", "betas", "weight_decay"]
        guard let reader = MappingReader(node, "'optimiser'", keys: keys, problems: problems) else {
            return standard
        }
        var betas = standard.betas
        if let node = reader["betas"] {
            if case .sequence(let sequence) = node, sequence.count == 2 {
                let read = sequence.compactMap {
                    readNumber(
                        $0, problems, "'betas' lists numbers from 0 to 0.999999", in: 0...0.999999)
                }
                if read.count == 2 { betas = read }
            } else {
                problems.add(node, "'betas' is two numbers, as in '[0.9, 0.999]'")
            }
        }
        return OptimiserRecipe(
            kind: reader.choice("kind", OptimiserRecipe.Kind.self) ?? standard.kind,
            rate: reader.number("rate", in: 1e-9...1) ?? standard.rate, betas: betas,
            weightDecay: reader.number("weight_decay", in: 0...1) ?? standard.weightDecay)
    }

    private func schedule(_ node: YAMLNode) -> ScheduleRecipe {
        let standard = ScheduleRecipe.standard
        let keys = ["kind", "warm_up", "final", "cycles", "peak", "milestones", "factor"]
        guard let reader = MappingReader(node, "'schedule'", keys: keys, problems: problems) else {
            return standard
        }
        _ = reader.required("kind", as: "cosine")
        guard let kind = reader.choice("kind", ScheduleRecipe.Kind.self) else { return standard }
        let own: [ScheduleRecipe.Kind: [String]] = [
            .constant: ["warm_up"], .cosine: ["warm_up", "final", "cycles"], .oneCycle: ["peak"],
            .steps: ["warm_up", "milestones", "factor"],
        ]
        let fitting = own[kind] ?? []
        for key in keys.dropFirst() where reader[key] != nil && !fitting.contains(key) {
            reader.complain(
                key,
                "'\(key)' does not go with 'kind: \(kind.rawValue)', which has \(listed(fitting))"
            )
        }
        let course: ScheduleRecipe.Course =
            switch kind {
            case .constant: .constant
            case .cosine:
                .cosine(
                    final: reader.number("final", in: 0...1) ?? 1e-7,
                    cycles: reader.integer("cycles", in: 1...1000) ?? 1)
            case .oneCycle: .oneCycle(peak: reader.number("peak", in: 0.01...0.99) ?? 0.3)
            case .steps:
                .steps(
                    milestones: milestones(reader),
                    factor: reader.number("factor", in: 0.001...1) ?? 0.5)
            }
        return ScheduleRecipe(
            course: course, warmUp: reader.length("warm_up", least: 0) ?? standard.warmUp)
    }

    private func milestones(_ reader: MappingReader) -> [RunLength] {
        guard let node = reader.required("milestones", as: "[50 epochs, 100 epochs]") else {
            return []
        }
        guard case .sequence(let sequence) = node, (1...100).contains(sequence.count) else {
            problems.add(node, "'milestones' is a list, as in '[50 epochs, 100 epochs]'")
            return []
        }
        let lengths = sequence.compactMap { readLength($0, "milestones", least: 1, problems) }
        for (earlier, later) in zip(lengths, lengths.dropFirst())
        where earlier.isInEpochs != later.isInEpochs || earlier.count >= later.count {
            problems.add(node, "'milestones' rise, and have one unit; \(later) follows \(earlier)")
        }
        return lengths
    }

    private func earlyStop(_ node: YAMLNode) -> EarlyStopRecipe {
        let standard = EarlyStopRecipe.standard
        let keys = ["metric", "patience", "minimum"]
        guard let reader = MappingReader(node, "'early_stop'", keys: keys, problems: problems)
        else { return standard }
        return EarlyStopRecipe(
            metric: reader.choice("metric", JudgedBy.self) ?? standard.metric,
            patience: reader.integer("patience", in: 1...100_000) ?? standard.patience,
            minimum: reader.number("minimum", in: 0...1000) ?? standard.minimum)
    }
}

extension MappingReader {
    /// Whether a key that can be left out says `none`.
    fileprivate func isNone(_ key: String) -> Bool { self[key]?.scalar?.string == "none" }
}
