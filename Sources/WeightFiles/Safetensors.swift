public import SystemPackage

/// The safetensors format: eight bytes of length, a header in JSON, and the tensors' bytes.
///
/// Made by Hugging Face (https://github.com/huggingface/safetensors); nothing in such a file is
/// run.
public enum Safetensors {
    /// Reads a file, and checks every offset before it is used.
    ///
    /// - Throws: ``WeightFileError``; also for holes, overlaps, doubled names and trailing bytes.
    public static func read(_ path: FilePath) throws(WeightFileError) -> StateDictionary {
        try decode(ByteSource(path))
    }

    /// Reads only what is said of the weights, after the same checks of the whole header.
    public static func metadata(of path: FilePath) throws(WeightFileError) -> [String: String] {
        try SafetensorsHeader(ByteSource(path)).metadata
    }

    /// Reads a file that is in memory; errors call it `path`.
    public static func decode(
        _ bytes: [UInt8], named path: FilePath
    ) throws(WeightFileError) -> StateDictionary {
        try decode(ByteSource(bytes, named: path))
    }

    /// Creates a file; where it has to appear whole or not at all, give a temporary path and
    /// rename.
    ///
    /// The header keeps the order of names. The bytes lie in falling order of their scalars' size,
    /// so that each begins at a multiple of its own.
    public static func write(
        _ dictionary: StateDictionary, to path: FilePath
    ) throws(WeightFileError) {
        let header = try header(of: dictionary, path)
        try ByteSink.create(path) { sink throws(WeightFileError) in
            try write(dictionary, header, to: &sink)
        }
    }

    /// The bytes that ``write(_:to:)`` writes.
    public static func encode(_ dictionary: StateDictionary) throws(WeightFileError) -> [UInt8] {
        let path: FilePath = "safetensors"
        var sink = ByteSink(memoryNamed: path)
        try write(dictionary, header(of: dictionary, path), to: &sink)
        return sink.bytes
    }

    static func decode(_ source: ByteSource) throws(WeightFileError) -> StateDictionary {
        let header = try SafetensorsHeader(source)
        var dictionary = StateDictionary(metadata: header.metadata)
        for entry in header.entries {
            dictionary[entry.name] = WeightTensor(
                scalar: entry.scalar, shape: entry.shape,
                bytes: try source.bytes(
                    at: header.dataOffset + entry.bytes.lowerBound, count: entry.bytes.count))
        }
        return dictionary
    }

    private static func write(
        _ dictionary: StateDictionary, _ header: [UInt8], to sink: inout ByteSink
    ) throws(WeightFileError) {
        var length: [UInt8] = []
        length.append(little: UInt64(header.count))
        try sink.write(length)
        try sink.write(header)
        for (_, tensor) in placed(dictionary) { try sink.write(tensor.bytes) }
    }

    /// The tensors in the order of their bytes.
    private static func placed(
        _ dictionary: StateDictionary
    ) -> [(name: String, tensor: WeightTensor)] {
        dictionary.entries.enumerated().sorted {
            ($1.element.tensor.scalar.byteCount, $0.offset)
                < ($0.element.tensor.scalar.byteCount, $1.offset)
        }.map(\.element)
    }

    /// The header with spaces behind it, so that the tensors begin at a multiple of eight bytes.
    private static func header(
        of dictionary: StateDictionary, _ path: FilePath
    ) throws(WeightFileError) -> [UInt8] {
        var starts: [String: Int] = [:]
        var end = 0
        for (name, tensor) in placed(dictionary) {
            guard name != "__metadata__", tensor.scalar != .complex128 else {
                throw .cannotWrite(
                    path, reason: "safetensors cannot hold \(name.shown) of \(tensor.scalar)")
            }
            starts[name] = end
            end += tensor.bytes.count
        }
        var parts: [String] = []
        if !dictionary.metadata.isEmpty {
            let words = dictionary.metadata.sorted { $0.key < $1.key }
                .map { "\(quoted($0.key)):\(quoted($0.value))" }
            parts.append("\"__metadata__\":{\(words.joined(separator: ","))}")
        }
        for (name, tensor) in dictionary.entries {
            let start = starts[name] ?? 0
            let shape = tensor.shape.map(String.init).joined(separator: ",")
            parts.append(
                "\(quoted(name)):{\"dtype\":\"\(tensor.scalar.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(start),\(start + tensor.bytes.count)]}")
        }
        var header = Array("{\(parts.joined(separator: ","))}".utf8)
        while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
        guard header.count <= SafetensorsHeader.lengthLimit else {
            throw .cannotWrite(path, reason: "its header would be longer than the format allows")
        }
        return header
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
