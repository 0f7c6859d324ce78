extension PickledObjects {
    /// What a name of ``PickleGlobal`` builds from its arguments, each checked.
    mutating func call(
        _ global: PickleGlobal, _ arguments: [Int]
    ) throws(WeightFileError) -> PickleValue {
        switch global {
        case .orderedDictionary: return try orderedDictionary(arguments)
        case .size:
            guard arguments.count == 1, wholeNumbers(arguments[0]) != nil else {
                throw malformed("a size is not whole numbers")
            }
            return self[arguments[0]]
        case .rebuildTensor(let namesScalar):
            return .tensor(try tensor(arguments, namesScalar: namesScalar))
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor(let tensor) = self[first] else {
                throw malformed("a parameter is not a tensor")
            }
            return .tensor(tensor)
        case .storage, .scalar: throw malformed("it calls a type")
        }
    }

    /// `OrderedDict()` or, from Python 2, `OrderedDict([[key, value], ...])`.
    private mutating func orderedDictionary(
        _ arguments: [Int]
    ) throws(WeightFileError) -> PickleValue {
        guard let first = arguments.first else { return .dictionary([]) }
        guard arguments.count == 1, case .list(let pairs) = self[first] else {
            throw malformed("an ordered dictionary is not made of pairs")
        }
        // One list may be named again and again, and every call copies it.
        guard spend(pairs.count) else { throw malformed("it holds too many values") }
        var entries: [Int] = []
        for pair in pairs {
            switch self[pair] {
            case .list(let parts) where parts.count == 2, .tuple(let parts) where parts.count == 2:
                entries += parts
            default: throw malformed("an ordered dictionary is not made of pairs")
            }
        }
        return .dictionary(entries)
    }

    /// `(storage, offset, size, stride, ...)`, with the scalar as the seventh in the third form.
    private func tensor(
        _ arguments: [Int], namesScalar: Bool
    ) throws(WeightFileError) -> PickledTensor {
        guard arguments.count >= (namesScalar ? 7 : 4),
            case .storage(let storage) = self[arguments[0]],
            case .integer(let offset) = self[arguments[1]], offset >= 0,
            let shape = wholeNumbers(arguments[2]),
            let strides = wholeNumbers(arguments[3]),
            shape.count == strides.count, shape.count <= SafetensorsHeader.axisLimit
        else { throw malformed("a tensor lacks storage, offset, size or stride") }
        var scalar = storage.scalar
        if namesScalar {
            guard case .global(.scalar(let named)) = self[arguments[6]] else {
                throw malformed("a tensor does not say what its numbers are")
            }
            scalar = named
        }
        return PickledTensor(
            storage: storage, scalar: scalar, offset: offset, shape: shape, strides: strides)
    }

    /// `("storage", type, key, device, count)`, followed in old streams by a view on it or nothing.
    func storage(_ place: Int) throws(WeightFileError) -> PickledStorage {
        guard case .tuple(let parts) = self[place], parts.count == 5 || parts.count == 6,
            case .text("storage") = self[parts[0]],
            case .global(.storage(let scalar)) = self[parts[1]],
            case .text(let key) = self[parts[2]],
            case .integer(let count) = self[parts[4]], count >= 0
        else { throw malformed("it points to something other than a storage") }
        var view = 0..<count
        if parts.count == 6 {
            switch self[parts[5]] {
            case .none: break
            case .tuple(let window):
                guard window.count == 3, case .integer(let offset) = self[window[1]],
                    case .integer(let length) = self[window[2]],
                    offset >= 0, length >= 0, offset <= count, length <= count - offset
                else { throw malformed("a view lies outside its storage") }
                view = offset..<(offset + length)
            default: throw malformed("a view is not three values")
            }
        }
        return PickledStorage(key: key, scalar: scalar, elementCount: count, view: view)
    }
}
