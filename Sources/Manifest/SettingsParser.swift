import Measurement
import StrictYAML
import Volumes

/// Reads the settings under `dataset`; what is wrong is noted, and the standard stands in for it.
struct SettingsParser {
    let problems: Problems

    func split(_ node: YAMLNode) -> SplitEntry {
        let standard = SplitEntry.standard
        let keys = ["train", "validation", "test", "seed"]
        guard let reader = MappingReader(node, "'split'", keys: keys, problems: problems) else {
            return standard
        }
        let seed = reader.integer("seed", in: 0...Int(UInt32.max)).map(UInt64.init)
        let parts = ["train", "validation", "test"]
        guard parts.contains(where: { reader[$0] != nil }) else {
            return SplitEntry(
                train: standard.train, validation: standard.validation, test: standard.test,
                seed: seed ?? standard.seed)
        }
        let shares = parts.compactMap { part -> Double? in
            _ = reader.required(part, as: "0.15")
            return reader.number(part, in: 0...1)
        }
        guard shares.count == 3 else { return standard }
        guard abs(shares.reduce(0, +) - 1) < 1e-9, shares[0] > 0 else {
            problems.add(
                node, "train, validation and test are shares that add to 1, the first above 0")
            return standard
        }
        return SplitEntry(
            train: shares[0], validation: shares[1], test: shares[2], seed: seed ?? standard.seed)
    }

    /// What a mapping says of the measurements, and `standard` of what it leaves out.
    func measurement(_ node: YAMLNode, over standard: MeasurementEntry) -> MeasurementEntry {
        guard
            let reader = MappingReader(
                node, "'measurement'", keys: ["only", "solve"], problems: problems)
        else { return standard }
        let only =
            switch reader["only"] {
            case nil: standard.only
            case let node? where node.scalar?.string == "all": MeasurementChoice?.none
            case let node?: choice(node)
            }
        let solving = reader["solve"].map { self.solving($0, reader) } ?? standard.solving
        if let only {
            if only.isSolved, solving == nil {
                reader.complain(
                    reader["only"] == nil ? "solve" : "only",
                    "what 'only' names takes solving; say how, as in "
                        + "'solve: {edge: 200, minutes: 30}', or 'solve: true' for all of the scan")
            }
            if !only.isSolved, solving != nil, reader["only"] != nil, reader["solve"] != nil {
                reader.complain(
                    "solve", "'solve' is for what is solved, and 'only' names none of it")
            }
        }
        return MeasurementEntry(only: only, solving: solving)
    }

    private func choice(_ node: YAMLNode) -> MeasurementChoice? {
        guard case .sequence(let nodes) = node, !nodes.isEmpty else {
            problems.add(
                node, "'only' is a list of names, as in [porosity, local_thickness_mean], or all")
            return nil
        }
        let words = nodes.map { $0.scalar?.string ?? "" }
        for (node, word) in zip(nodes, words) {
            do throws(MeasurementError) {
                _ = try MeasurementChoice(only: [word])
            } catch {
                problems.add(
                    node,
                    "no measurement, parameter or curve is called \(quoted(word))"
                        + "\(nearest(node, MeasurementChoice.words)); \(MeasurementChoice.listing)")
            }
        }
        return try? MeasurementChoice(only: words)
    }

    private func solving(
        _ node: YAMLNode, _ reader: MappingReader
    ) -> MeasurementEntry.Solving? {
        // What cannot be read stands for all of it, as no manifest with a problem is used.
        let whole = MeasurementEntry.Solving(edge: nil, minutes: nil, flow: .sealed)
        guard case .mapping = node else { return reader.flag("solve") ?? true ? whole : nil }
        let keys = ["edge", "minutes", "flow"]
        guard let solve = MappingReader(node, "'solve'", keys: keys, problems: problems)
        else { return whole }
        return MeasurementEntry.Solving(
            edge: solve.integer("edge", in: 2...100_000),
            minutes: solve.number("minutes", in: 0.01...100_000),
            flow: solve.choice("flow", MeasurementEntry.Solving.Flow.self) ?? whole.flow)
    }

    func patches(_ node: YAMLNode) -> PatchEntry {
        let keys = ["size", "stride"]
        guard let reader = MappingReader(node, "'patches'", keys: keys, problems: problems) else {
            return .standard
        }
        let size = reader["size"].flatMap { shape($0, "size") } ?? PatchEntry.standard.size
        let stride = reader["stride"].flatMap { shape($0, "stride") } ?? size
        return PatchEntry(size: size, stride: stride)
    }

    /// An edge, or three as `[z, y, x]`; 1 to 1024 LOW voxels each.
    private func shape(_ node: YAMLNode, _ key: String) -> Shape? {
        let what = "'\(key)' is a whole number of LOW voxels, or three [z, y, x],"
        guard case .sequence(let sequence) = node else {
            return readInteger(node, problems, what, in: 1...1024).map(Shape.init(edge:))
        }
        guard sequence.count == 3 else {
            problems.add(node, "\(what) from 1 to 1024")
            return nil
        }
        let edges = sequence.compactMap { readInteger($0, problems, what, in: 1...1024) }
        return edges.count == 3
            ? Shape(depth: edges[0], height: edges[1], width: edges[2]) : nil
    }

    /// What a mapping says of the registration, and `standard` of what it leaves out.
    func registration(_ node: YAMLNode, over standard: RegistrationEntry) -> RegistrationEntry {
        let keys = ["model", "rotation", "tilt", "mirrored", "minimum_overlap", "drift"]
        guard let reader = MappingReader(node, "'registration'", keys: keys, problems: problems)
        else { return standard }
        return RegistrationEntry(
            model: reader.choice("model", RegistrationEntry.Model.self) ?? standard.model,
            rotation: rotation(reader, over: standard.rotation),
            isMirrored: reader.flag("mirrored") ?? standard.isMirrored,
            minimumOverlap: reader.number("minimum_overlap", in: 0...1) ?? standard.minimumOverlap,
            drift: reader.choice("drift", RegistrationEntry.Drift.self) ?? standard.drift)
    }

    private enum RotationWord: String, CaseIterable {
        case any, none, upright
    }

    private func rotation(
        _ reader: MappingReader, over standard: RegistrationEntry.Rotation
    ) -> RegistrationEntry.Rotation {
        var tilt = RegistrationEntry.standardTiltInDegrees
        var isUpright = false
        if case .upright(let degrees) = standard { (tilt, isUpright) = (degrees, true) }
        let word = reader.choice("rotation", RotationWord.self)
        if let word { isUpright = word == .upright }
        if let node = reader["tilt"] {
            tilt = Quantity.angle.read(node, "tilt", in: 0...90, problems) ?? tilt
            if !isUpright, reader["rotation"] == nil || word != nil {
                reader.complain("tilt", "'tilt' goes with 'rotation: upright'")
            }
        }
        switch word {
        case .upright?: return .upright(tiltInDegrees: tilt)
        case .any?: return .any
        case RotationWord.none?: return .none
        case nil: return isUpright ? .upright(tiltInDegrees: tilt) : standard
        }
    }

    func simulation(_ node: YAMLNode) -> SimulationEntry {
        let standard = SimulationEntry.standard
        let keys = ["blur", "photons", "seed"]
        guard let reader = MappingReader(node, "'simulation'", keys: keys, problems: problems)
        else { return standard }
        return SimulationEntry(
            blurInLowVoxels: reader.number("blur", in: 0...4) ?? standard.blurInLowVoxels,
            photonsPerPixel: reader.number("photons", in: 100...1e9) ?? standard.photonsPerPixel,
            seed: reader.integer("seed", in: 0...Int(UInt32.max)).map(UInt64.init) ?? standard.seed)
    }
}
