import Volumes
import Yams

/// Reads the settings under `dataset`; what is wrong is noted, and the standard stands in for it.
struct SettingsParser {
    let problems: Problems

    func split(_ node: Node) -> SplitEntry {
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

    func segmentation(_ node: Node) -> SegmentationEntry {
        let standard = SegmentationEntry.standard
        let keys = ["denoise", "threshold", "pores"]
        guard let reader = MappingReader(node, "'segmentation'", keys: keys, problems: problems)
        else { return standard }
        var threshold = standard.threshold
        if let value = reader["threshold"] {
            if case .scalar(let scalar) = value, scalar.string == "otsu" {
                threshold = .otsu
            } else if let number = readNumber(
                value, problems, "'threshold' is otsu or a grey value of the HIGH scan",
                in: -1e12...1e12)
            {
                threshold = .value(number)
            }
        }
        return SegmentationEntry(
            denoise: reader.choice("denoise", SegmentationEntry.Denoising.self)
                ?? standard.denoise,
            threshold: threshold,
            pores: reader.choice("pores", SegmentationEntry.Pores.self) ?? standard.pores)
    }

    func patches(_ node: Node) -> PatchEntry {
        let keys = ["size", "stride"]
        guard let reader = MappingReader(node, "'patches'", keys: keys, problems: problems) else {
            return .standard
        }
        let size = reader["size"].flatMap { shape($0, "size") } ?? PatchEntry.standard.size
        let stride = reader["stride"].flatMap { shape($0, "stride") } ?? size
        return PatchEntry(size: size, stride: stride)
    }

    /// An edge, or three as `[z, y, x]`; 1 to 1024 LOW voxels each.
    private func shape(_ node: Node, _ key: String) -> Shape? {
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

    func simulation(_ node: Node) -> SimulationEntry {
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
