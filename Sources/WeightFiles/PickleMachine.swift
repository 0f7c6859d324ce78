import SystemPackage

/// Reads a pickle as `torch.save` writes it (protocols 2 to 5), without running anything.
///
/// A pickle is a program for a small stack machine (Python's `pickletools` describes it). Here only
/// the instructions that build data are known, and ``PickleGlobal`` lists the names it may use;
/// anything else is refused by its name.
struct PickleMachine {
    private var objects: PickledObjects
    private let path: FilePath
    private var stack: [Int] = []
    private var marks: [Int] = []
    private var memo: [Int: Int] = [:]
    /// Pickles longer than this are refused; one of 700 tensors has some 70 kB.
    private static let byteLimit = 1 << 26

    /// Reads one pickle from where `cursor` stands, and leaves it behind the pickle's end.
    ///
    /// - Returns: All values, and which of them is the whole.
    static func read(
        _ cursor: inout ByteCursor, path: FilePath
    ) throws(WeightFileError) -> (objects: PickledObjects, root: Int) {
        var machine = PickleMachine(path)
        let start = cursor.position
        while true {
            let code = try cursor.byte()
            if code == UInt8(ascii: ".") { break }
            try machine.step(code, &cursor)
            guard cursor.position - start <= byteLimit else {
                throw machine.malformed("it is longer than any list of tensors")
            }
        }
        return (machine.objects, try machine.pop())
    }

    private init(_ path: FilePath) {
        self.path = path
        objects = PickledObjects(path: path)
    }

    private mutating func step(
        _ code: UInt8, _ cursor: inout ByteCursor
    ) throws(WeightFileError) {
        switch code {
        case 0x80:
            let version = try cursor.byte()
            guard (2...5).contains(version) else {
                throw malformed("it is of protocol \(version), not 2 to 5")
            }
        case 0x95: _ = try cursor.length()
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "Q"): try push(storage(from: pop()))
        case UInt8(ascii: "R"): try call()
        case 0x81: try call()
        case UInt8(ascii: "b"):
            // What is set on an ordered dictionary are the versions of modules.
            _ = try pop()
            guard case .dictionary = objects[try top()] else {
                throw refused("sets attributes of \(objects[try top()].kind)")
            }
        case UInt8(ascii: "c"):
            let module = try cursor.line()
            try push(global(module, cursor.line()))
        case 0x93:
            guard case .text(let name) = objects[try pop()],
                case .text(let module) = objects[try pop()]
            else { throw malformed("a name is not text") }
            try push(global(module, name))
        case UInt8(ascii: "q"): memo[Int(try cursor.byte())] = try top()
        case UInt8(ascii: "r"): memo[Int(try cursor.little(UInt32.self))] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): stack.append(try remembered(Int(try cursor.byte())))
        case UInt8(ascii: "j"): stack.append(try remembered(Int(try cursor.little(UInt32.self))))
        default:
            if let value = try single(code, &cursor) {
                try push(value)
            } else if try !gather(code) {
                throw refused("uses instruction \(code) (\(shown(code)))")
            }
        }
    }

    /// The value that an instruction stands for by itself.
    private func single(
        _ code: UInt8, _ cursor: inout ByteCursor
    ) throws(WeightFileError) -> PickleValue? {
        switch code {
        case UInt8(ascii: "N"): return PickleValue.none
        case 0x88: return .bool(true)
        case 0x89: return .bool(false)
        case UInt8(ascii: "J"): return .integer(Int(try cursor.little(Int32.self)))
        case UInt8(ascii: "K"): return .integer(Int(try cursor.byte()))
        case UInt8(ascii: "M"): return .integer(Int(try cursor.little(UInt16.self)))
        case 0x8A: return try longInteger(cursor.bytes(Int(cursor.byte())))
        case 0x8B: return try longInteger(cursor.bytes(Int(cursor.little(UInt32.self))))
        case UInt8(ascii: "G"):
            let bits = try cursor.little(UInt64.self).byteSwapped
            return .number(Double(bitPattern: bits))
        case UInt8(ascii: "X"): return .text(try cursor.text(Int(cursor.little(UInt32.self))))
        case 0x8C: return .text(try cursor.text(Int(cursor.byte())))
        case 0x8D: return .text(try cursor.text(cursor.length()))
        // Strings of Python 2: names, as a rule.
        case UInt8(ascii: "T"): return .text(try cursor.text(Int(cursor.little(UInt32.self))))
        case UInt8(ascii: "U"): return .text(try cursor.text(Int(cursor.byte())))
        case UInt8(ascii: "B"): return try bytes(Int(cursor.little(UInt32.self)), &cursor)
        case UInt8(ascii: "C"): return try bytes(Int(cursor.byte()), &cursor)
        case 0x8E: return try bytes(cursor.length(), &cursor)
        case UInt8(ascii: ")"): return .tuple([])
        case UInt8(ascii: "]"): return .list([])
        case UInt8(ascii: "}"): return .dictionary([])
        default: return nil
        }
    }

    /// Puts values of the stack together; false for an instruction that does not.
    private mutating func gather(_ code: UInt8) throws(WeightFileError) -> Bool {
        switch code {
        case 0x85...0x87:
            var parts: [Int] = []
            for _ in 0...(code - 0x85) { parts.append(try pop()) }
            try push(.tuple(parts.reversed()))
        case UInt8(ascii: "t"): try push(.tuple(popToMark()))
        case UInt8(ascii: "l"): try push(.list(popToMark()))
        case UInt8(ascii: "d"): try push(.dictionary(pairs(popToMark())))
        case UInt8(ascii: "a"): try extendList([pop()])
        case UInt8(ascii: "e"): try extendList(popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try extendDictionary([pop(), value])
        case UInt8(ascii: "u"): try extendDictionary(pairs(popToMark()))
        default: return false
        }
        return true
    }

    private mutating func extendList(_ parts: [Int]) throws(WeightFileError) {
        guard objects.append(parts, toList: try top()) else {
            throw refused("appends to \(objects[try top()].kind)")
        }
    }

    private mutating func extendDictionary(_ parts: [Int]) throws(WeightFileError) {
        guard objects.append(parts, toDictionary: try top()) else {
            throw refused("sets entries of \(objects[try top()].kind)")
        }
    }

    private func pairs(_ parts: [Int]) throws(WeightFileError) -> [Int] {
        guard parts.count.isMultiple(of: 2) else { throw malformed("a key has no value") }
        return parts
    }

    /// Builds what a name of the list stands for.
    private mutating func call() throws(WeightFileError) {
        let arguments = try pop()
        guard case .global(let global) = objects[try pop()],
            case .tuple(let parts) = objects[arguments]
        else { throw refused("calls what is not a name") }
        try push(objects.call(global, parts))
    }

    private func global(
        _ module: String, _ name: String
    ) throws(WeightFileError) -> PickleValue {
        guard let global = PickleGlobal(module: module, name: name) else {
            throw refused("names \("\(module) \(name)".shown), which weights have no need of")
        }
        return .global(global)
    }

    private func storage(from place: Int) throws(WeightFileError) -> PickleValue {
        .storage(try objects.storage(place))
    }

    private func bytes(
        _ count: Int, _ cursor: inout ByteCursor
    ) throws(WeightFileError) -> PickleValue {
        _ = try cursor.bytes(count)
        return .bytes
    }

    private func longInteger(_ bytes: [UInt8]) -> PickleValue {
        guard bytes.count <= 8 else { return .longInteger(bytes) }
        let fill: UInt8 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : 0xFF
        let padded = bytes + Array(repeating: fill, count: 8 - bytes.count)
        return .integer(Int(padded.little(Int64.self, at: 0)))
    }

    private mutating func push(_ value: PickleValue) throws(WeightFileError) {
        stack.append(try objects.add(value))
    }

    private mutating func pop() throws(WeightFileError) -> Int {
        guard stack.count > (marks.last ?? 0), let place = stack.popLast() else {
            throw malformed("it takes more than it put down")
        }
        return place
    }

    private func top() throws(WeightFileError) -> Int {
        guard stack.count > (marks.last ?? 0), let place = stack.last else {
            throw malformed("it takes more than it put down")
        }
        return place
    }

    private mutating func popToMark() throws(WeightFileError) -> [Int] {
        guard let mark = marks.popLast() else { throw malformed("a list has no beginning") }
        let parts = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return parts
    }

    private func remembered(_ index: Int) throws(WeightFileError) -> Int {
        guard let place = memo[index] else { throw malformed("it recalls what it never kept") }
        return place
    }

    private func shown(_ code: UInt8) -> String {
        (0x21...0x7E).contains(code) ? String(UnicodeScalar(code)) : "0x" + String(code, radix: 16)
    }

    private func malformed(_ problem: String) -> WeightFileError {
        objects.malformed(problem)
    }

    private func refused(_ deed: String) -> WeightFileError {
        .refused(
            path, problem: "its pickle \(deed)",
            advice: "save only the tensors: torch.save(model.state_dict(), ...)")
    }
}
