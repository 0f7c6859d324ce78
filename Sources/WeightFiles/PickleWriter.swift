import SystemPackage

/// Writes a state dictionary as the pickle (protocol 2) that PyTorch has in its files.
struct PickleWriter {
    private var bytes: [UInt8] = [0x80, 2]

    /// The pickle of `dictionary`, whose tensors are the storages `0`, `1`, ... in order.
    static func pickle(
        of dictionary: StateDictionary, key: String?, _ path: FilePath
    ) throws(WeightFileError) -> [UInt8] {
        guard key != nil || dictionary.metadata.isEmpty else {
            throw .cannotWrite(
                path, reason: "a bare dictionary has no place for metadata; name a key")
        }
        var writer = PickleWriter()
        if let key {
            guard dictionary.metadata[key] == nil else {
                throw .cannotWrite(path, reason: "metadata is named \(key.shown), as the weights")
            }
            writer.bytes.append(UInt8(ascii: "}"))
            for (name, text) in dictionary.metadata.sorted(by: { $0.key < $1.key }) {
                writer.write(name)
                writer.write(text)
                writer.bytes.append(UInt8(ascii: "s"))
            }
            writer.write(key)
        }
        writer.writeOrderedDictionary()
        for (index, entry) in dictionary.entries.enumerated() {
            guard let storage = entry.tensor.scalar.storageName else {
                throw .cannotWrite(
                    path,
                    reason: "PyTorch has no storage for \(entry.tensor.scalar) of "
                        + entry.name.shown)
            }
            writer.write(entry.name)
            writer.write(entry.tensor, storage: storage, key: String(index))
            writer.bytes.append(UInt8(ascii: "s"))
        }
        if key != nil { writer.bytes.append(UInt8(ascii: "s")) }
        writer.bytes.append(UInt8(ascii: "."))
        return writer.bytes
    }

    private mutating func write(_ tensor: WeightTensor, storage: String, key: String) {
        writeGlobal("torch._utils", "_rebuild_tensor_v2")
        writeTuple { writer in
            writer.writeTuple { writer in
                writer.write("storage")
                writer.writeGlobal("torch", storage)
                writer.write(key)
                writer.write("cpu")
                writer.write(tensor.elementCount)
            }
            writer.bytes.append(UInt8(ascii: "Q"))
            writer.write(0)
            writer.writeTuple { writer in
                for extent in tensor.shape { writer.write(extent) }
            }
            writer.writeTuple { writer in
                for step in PickleWriter.strides(tensor.shape) { writer.write(step) }
            }
            // No gradient is asked for, and nothing is called when there is one.
            writer.bytes.append(0x89)
            writer.writeOrderedDictionary()
        }
        bytes.append(UInt8(ascii: "R"))
    }

    private static func strides(_ shape: [Int]) -> [Int] {
        // An empty axis leaves nothing to step over, and the others may be of any length.
        if shape.contains(0) { return shape.map { _ in 1 } }
        var strides: [Int] = []
        var step = 1
        for extent in shape.reversed() {
            strides.append(step)
            step *= extent
        }
        return strides.reversed()
    }

    private mutating func writeOrderedDictionary() {
        writeGlobal("collections", "OrderedDict")
        bytes += [UInt8(ascii: ")"), UInt8(ascii: "R")]
    }

    private mutating func writeGlobal(_ module: String, _ name: String) {
        bytes += Array("c\(module)\n\(name)\n".utf8)
    }

    private mutating func writeTuple(_ body: (inout PickleWriter) -> Void) {
        bytes.append(UInt8(ascii: "("))
        body(&self)
        bytes.append(UInt8(ascii: "t"))
    }

    private mutating func write(_ text: String) {
        bytes.append(UInt8(ascii: "X"))
        bytes.append(little: UInt32(text.utf8.count))
        bytes += Array(text.utf8)
    }

    private mutating func write(_ number: Int) {
        if let small = UInt8(exactly: number) {
            bytes += [UInt8(ascii: "K"), small]
        } else if let middle = Int32(exactly: number) {
            bytes.append(UInt8(ascii: "J"))
            bytes.append(little: middle)
        } else {
            bytes += [0x8A, 8]
            bytes.append(little: Int64(number))
        }
    }
}
