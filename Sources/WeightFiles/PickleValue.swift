import SystemPackage

/// What a pickle builds. Parts are named by their place in ``PickledObjects``, not held: however
/// deep a hostile pickle nests, and whatever circles it makes, nothing here recurses.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// A whole number beyond 64 bits: its bytes, little endian, as a signed number.
    case longInteger([UInt8])
    case number(Double)
    case text(String)
    case bytes
    case tuple([Int])
    case list([Int])
    /// Keys and values in turn.
    case dictionary([Int])
    case global(PickleGlobal)
    case storage(PickledStorage)
    case tensor(PickledTensor)

    /// What an error calls it.
    var kind: String {
        switch self {
        case .none: "nothing"
        case .bool, .integer, .longInteger, .number: "a number"
        case .text: "text"
        case .bytes: "bytes"
        case .tuple, .list: "a list"
        case .dictionary: "a dictionary"
        case .global: "a name"
        case .storage: "a storage"
        case .tensor: "a tensor"
        }
    }

    /// A single value as text; `nil` for others.
    var plainText: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .number(let value): String(value)
        case .text(let value): value
        default: nil
        }
    }
}

/// Numbers that tensors share, which the file holds elsewhere.
struct PickledStorage {
    /// Its name in the file.
    let key: String
    /// How its numbers are stored; an untyped one counts bytes.
    let scalar: WeightScalar
    /// Numbers in all of it, as the file holds it.
    let elementCount: Int
    /// Which of its numbers a tensor may use: all but in streams from before PyTorch 0.4.
    let view: Range<Int>
}

/// A window on a storage.
struct PickledTensor {
    let storage: PickledStorage
    let scalar: WeightScalar
    /// Numbers before the first, of the tensor's own scalar.
    let offset: Int
    let shape: [Int]
    /// Numbers from one to the next along each axis.
    let strides: [Int]
}

/// All values of one pickle.
struct PickledObjects {
    private var values: [PickleValue] = []
    /// More are refused; a state dictionary of 700 tensors has some 20,000.
    private var valuesLeft = 4_000_000
    private let path: FilePath

    /// None yet; errors call the file `path`.
    init(path: FilePath) { self.path = path }

    /// Adds a value and says where it is.
    mutating func add(_ value: PickleValue) throws(WeightFileError) -> Int {
        guard spend(1) else { throw malformed("it holds too many values") }
        values.append(value)
        return values.count - 1
    }

    /// Takes `count` from the number of values allowed; false where so many are not left.
    mutating func spend(_ count: Int) -> Bool {
        guard count <= valuesLeft else { return false }
        valuesLeft -= count
        return true
    }

    /// That the pickle breaks the rules.
    func malformed(_ problem: String) -> WeightFileError {
        .malformed(path, problem: "its pickle: \(problem)")
    }

    subscript(place: Int) -> PickleValue { values[place] }

    /// Appends to the parts of a list or dictionary in place; false for anything else.
    mutating func append(_ parts: some Sequence<Int>, toList place: Int) -> Bool {
        guard case .list(var held) = values[place] else { return false }
        // Taken out while it grows, or every append would copy it.
        values[place] = .none
        held += parts
        values[place] = .list(held)
        return true
    }

    /// Appends keys and values in turn.
    mutating func append(_ parts: some Sequence<Int>, toDictionary place: Int) -> Bool {
        guard case .dictionary(var held) = values[place] else { return false }
        values[place] = .none
        held += parts
        values[place] = .dictionary(held)
        return true
    }

    /// The whole numbers of a tuple or list; `nil` unless they are zero or more, and no more than
    /// the axes of a tensor.
    func wholeNumbers(_ place: Int) -> [Int]? {
        let parts: [Int]
        switch values[place] {
        case .tuple(let held), .list(let held): parts = held
        default: return nil
        }
        guard parts.count <= SafetensorsHeader.axisLimit else { return nil }
        var numbers: [Int] = []
        for part in parts {
            guard case .integer(let number) = values[part], number >= 0 else { return nil }
            numbers.append(number)
        }
        return numbers
    }

    /// How the numbers of every storage are stored, by its key.
    var storageScalars: [String: WeightScalar] {
        var scalars: [String: WeightScalar] = [:]
        for case .storage(let storage) in values { scalars[storage.key] = storage.scalar }
        return scalars
    }

    /// The entries of a dictionary whose keys are text; `nil` for anything else.
    func entries(_ place: Int) -> [(key: String, value: Int)]? {
        guard case .dictionary(let parts) = values[place] else { return nil }
        var entries: [(key: String, value: Int)] = []
        for index in stride(from: 0, to: parts.count - 1, by: 2) {
            guard case .text(let key) = values[parts[index]] else { return nil }
            entries.append((key, parts[index + 1]))
        }
        return entries
    }
}
