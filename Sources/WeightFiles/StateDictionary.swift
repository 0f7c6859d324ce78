/// The weights of a network: tensors by name, in an order that files keep, and words about them.
public struct StateDictionary: Equatable, Sendable {
    /// The names, in order.
    public private(set) var names: [String] = []
    /// What is said of the weights: architecture, scale, the tool that made them.
    public var metadata: [String: String]
    private var tensors: [String: WeightTensor] = [:]

    /// Nothing yet.
    public init(metadata: [String: String] = [:]) {
        self.metadata = metadata
    }

    /// A tensor; a new name goes to the end, and `nil` takes one out.
    public subscript(name: String) -> WeightTensor? {
        get { tensors[name] }
        set {
            let before = tensors.updateValue(newValue, forKey: name)
            if newValue == nil {
                if before { names.removeAll { $0 == name } }
            } else if !before {
                names.append(name)
            }
        }
    }

    /// Tensors in all.
    public var count: Int { names.count }

    /// Numbers in all tensors.
    public var elementCount: Int { tensors.values.reduce(0) { $0 + $1.elementCount } }

    /// Bytes in all tensors.
    public var byteCount: Int { tensors.values.reduce(0) { $0 + $1.bytes.count } }

    /// Every name with its tensor, in order.
    public var entries: [(name: String, tensor: WeightTensor)] {
        names.compactMap { name in tensors[name].map { (name, $0) } }
    }

    /// The same tensors under other names.
    ///
    /// - Throws: ``WeightFileError/unfit(problem:)`` where two would have one name.
    public func renamed(
        _ newName: (String) throws(WeightFileError) -> String
    ) throws(WeightFileError) -> StateDictionary {
        var result = StateDictionary(metadata: metadata)
        for (name, tensor) in entries {
            let new = try newName(name)
            guard result[new] == nil else {
                throw .unfit(problem: "two tensors would be named \(new.shown)")
            }
            result[new] = tensor
        }
        return result
    }
}

extension [String: WeightTensor] {
    /// Sets or removes; says whether there was one before.
    fileprivate mutating func updateValue(_ tensor: WeightTensor?, forKey name: String) -> Bool {
        guard let tensor else { return removeValue(forKey: name) != nil }
        return updateValue(tensor, forKey: name) != nil
    }
}
