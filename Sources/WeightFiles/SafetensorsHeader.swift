import SystemPackage

/// What the front of a safetensors file says: which tensor lies where.
struct SafetensorsHeader {
    /// One tensor and the bytes it has behind the header.
    struct Entry {
        let name: String
        let scalar: WeightScalar
        let shape: [Int]
        let bytes: Range<Int>
    }

    /// Longer headers are refused, as by the format's own library.
    static let lengthLimit = 100_000_000
    /// More axes than any tensor has.
    static let axisLimit = 64

    /// In the order of the header.
    private(set) var entries: [Entry] = []
    private(set) var metadata: [String: String] = [:]
    /// Where the bytes of tensors begin in the file.
    let dataOffset: Int

    /// Reads and checks it: the tensors lie one behind the other, from the header to the file's
    /// end.
    init(_ source: ByteSource) throws(WeightFileError) {
        guard source.count >= 8 else {
            throw source.malformed("\(source.count) bytes are too few for safetensors")
        }
        let stated = try source.bytes(at: 0, count: 8).little(UInt64.self, at: 0)
        guard stated <= UInt64(SafetensorsHeader.lengthLimit) else {
            throw source.malformed(
                "its header would have \(stated) bytes, and no more than "
                    + "\(SafetensorsHeader.lengthLimit) are allowed")
        }
        let length = Int(stated)
        guard length <= source.count - 8 else {
            throw source.malformed(
                "its header would have \(length) bytes, and the whole file has \(source.count)")
        }
        dataOffset = 8 + length
        let text = try source.bytes(at: 8, count: length)
        guard text.first == UInt8(ascii: "{") else {
            throw source.malformed("its header does not begin with {")
        }
        try parse(text, source)
        try checkPlaces(source)
    }

    private mutating func parse(_ text: [UInt8], _ source: ByteSource) throws(WeightFileError) {
        var scanner = JSONScanner(text, path: source.path)
        var seen: Set<String> = []
        var found: [Entry] = []
        var words: [String: String] = [:]
        try scanner.object { scanner, name throws(WeightFileError) in
            guard seen.insert(name).inserted else {
                throw source.malformed("its header names \(name.shown) twice")
            }
            if name == "__metadata__" {
                if scanner.acceptNull() { return }
                try scanner.object { scanner, key throws(WeightFileError) in
                    guard words.updateValue(try scanner.string(), forKey: key) == nil else {
                        throw source.malformed("its metadata names \(key.shown) twice")
                    }
                }
            } else {
                found.append(try SafetensorsHeader.entry(name, &scanner, source))
            }
        }
        try scanner.end()
        entries = found
        metadata = words
    }

    private static func entry(
        _ name: String, _ scanner: inout JSONScanner, _ source: ByteSource
    ) throws(WeightFileError) -> Entry {
        var type: String?
        var shape: [Int]?
        var offsets: [Int]?
        try scanner.object { scanner, key throws(WeightFileError) in
            let isNew: Bool
            switch key {
            case "dtype":
                isNew = type == nil
                type = try scanner.string()
            case "shape":
                isNew = shape == nil
                shape = try scanner.wholeNumbers(limit: axisLimit)
            case "data_offsets":
                isNew = offsets == nil
                offsets = try scanner.wholeNumbers(limit: 2)
            default:
                isNew = true
                try scanner.skip()
            }
            guard isNew else { throw source.malformed("\(name.shown) has two of \(key.shown)") }
        }
        guard let type, let shape, let offsets, offsets.count == 2, offsets[0] <= offsets[1] else {
            throw source.malformed("\(name.shown) lacks dtype, shape or two data_offsets in order")
        }
        guard let scalar = WeightScalar(rawValue: type), scalar != .complex128 else {
            throw .refused(
                source.path, problem: "\(name.shown) is of type \(type.shown)",
                advice: "convert it to one of whole bytes, such as F32 or BF16")
        }
        let bytes = offsets[0]..<offsets[1]
        guard WeightTensor.byteCount(shape: shape, scalar: scalar) == bytes.count else {
            throw source.malformed(
                "\(name.shown) has \(bytes.count) bytes, which are not \(type) x \(shape)")
        }
        return Entry(name: name, scalar: scalar, shape: shape, bytes: bytes)
    }

    private func checkPlaces(_ source: ByteSource) throws(WeightFileError) {
        let places = entries.sorted {
            ($0.bytes.lowerBound, $0.bytes.upperBound) < ($1.bytes.lowerBound, $1.bytes.upperBound)
        }
        var end = 0
        for entry in places {
            guard entry.bytes.lowerBound == end else {
                let fault = entry.bytes.lowerBound < end ? "overlaps" : "leaves a hole after"
                throw source.malformed("\(entry.name.shown) \(fault) the tensor before it")
            }
            end = entry.bytes.upperBound
        }
        guard end == source.count - dataOffset else {
            throw source.malformed(
                "its tensors need \(end) bytes, and \(source.count - dataOffset) follow the header")
        }
    }
}
