extension PyTorchPickle {
    /// How many times its file a dictionary may grow where tensors share or repeat numbers.
    private static let growthLimit = 16

    /// The dictionary of weights, and what plain values lie beside it.
    func chosen(
        key: String?
    ) throws(WeightFileError) -> (dictionary: Int, metadata: [String: String]) {
        guard let entries = objects.entries(root) else {
            throw .refused(
                source.path,
                problem: "it holds \(objects[root].kind), not a dictionary of names",
                advice: "save the weights alone: torch.save(model.state_dict(), ...)")
        }
        let wanted = key.map { [$0] } ?? PyTorchFile.usualKeys
        for name in wanted {
            guard let found = entries.last(where: { $0.key == name }),
                objects.entries(found.value) != nil
            else { continue }
            var metadata: [String: String] = [:]
            for (other, value) in entries { metadata[other] = objects[value].plainText }
            return (found.value, metadata)
        }
        if let key {
            throw .refused(
                source.path, problem: "it has no dictionary under \(key.shown)",
                advice: "its keys are \(PyTorchPickle.list(entries.map(\.key)))")
        }
        return (root, [:])
    }

    /// All tensors of a dictionary, dense; every value of it has to be one.
    func tensors(_ dictionary: Int) throws(WeightFileError) -> StateDictionary {
        let entries = objects.entries(dictionary) ?? []
        var tensors: [(name: String, tensor: PickledTensor)] = []
        var uses: [String: Int] = [:]
        for (name, value) in entries {
            guard case .tensor(let tensor) = objects[value] else {
                throw .refused(
                    source.path,
                    problem: "\(name.shown) is \(objects[value].kind), not a tensor",
                    advice: "say under which key the weights are; there are "
                        + PyTorchPickle.list(entries.map(\.key)))
            }
            tensors.append((name, tensor))
            uses[tensor.storage.key, default: 0] += 1
        }
        guard !tensors.isEmpty else {
            throw .refused(
                source.path, problem: "its dictionary is empty", advice: "save a trained network")
        }
        try checkGrowth(tensors.map(\.tensor))
        var held: [String: [UInt8]] = [:]
        var result = StateDictionary()
        for (name, tensor) in tensors {
            let key = tensor.storage.key
            let bytes: [UInt8]
            if let known = held[key] {
                bytes = known
                try checkSize(of: tensor.storage, bytes)
            } else {
                bytes = try storages.bytes(of: tensor.storage, source)
            }
            // Numbers that several tensors share are kept until the last of them.
            uses[key, default: 1] -= 1
            held[key] = uses[key] == 0 ? nil : bytes
            guard result[name] == nil else {
                throw source.malformed("two tensors are named \(name.shown)")
            }
            result[name] = try tensor.dense(from: bytes, malformed: source.malformed)
        }
        return result
    }

    /// A storage that two tensors count differently.
    private func checkSize(
        of storage: PickledStorage, _ bytes: [UInt8]
    ) throws(WeightFileError) {
        let (stated, overflow) = storage.elementCount.multipliedReportingOverflow(
            by: storage.scalar.byteCount)
        guard !overflow, stated == bytes.count else {
            throw source.malformed("two tensors disagree on storage \(storage.key.shown)")
        }
    }

    /// Refuses tensors that repeat a few numbers over and over, before any memory is taken for
    /// them.
    private func checkGrowth(_ tensors: [PickledTensor]) throws(WeightFileError) {
        let (limit, isHuge) = source.count.multipliedReportingOverflow(
            by: PyTorchPickle.growthLimit)
        var left = isHuge ? Int.max : limit
        for tensor in tensors {
            guard let count = WeightTensor.byteCount(shape: tensor.shape, scalar: tensor.scalar),
                count <= left
            else {
                throw .refused(
                    source.path,
                    problem: "its tensors would take more than \(PyTorchPickle.growthLimit) times "
                        + "the file",
                    advice: "save them as clones that share no numbers")
            }
            left -= count
        }
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(8).map(\.shown).joined(separator: ", ") + (names.count > 8 ? ", …" : "")
    }
}
