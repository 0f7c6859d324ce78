public import SystemPackage

/// Files of `torch.save` (`.pth`, `.pt`): state dictionaries, read and written without Python.
///
/// Both forms are read: the zip of PyTorch 1.6 and later, and the stream from before. No code in
/// the pickle is run; it may name only what a state dictionary is made of, and anything else is
/// refused by its name. Windows on shared or transposed numbers become dense tensors of their own.
public enum PyTorchFile {
    /// Keys under which a checkpoint keeps its weights, the first found first: weights averaged
    /// over training, weights, and the dictionary of a whole run.
    public static let usualKeys = ["params_ema", "params", "state_dict"]

    /// Reads the weights under `key`; without one, those under the first of ``usualKeys``, or else
    /// the whole dictionary.
    ///
    /// Where every name begins with `module.`, it is taken off. Numbers and texts that lie beside
    /// the weights (an epoch, say) become metadata; other tensors beside them are not read.
    public static func read(
        _ path: FilePath, key: String? = nil
    ) throws(WeightFileError) -> StateDictionary {
        try decode(ByteSource(path), key: key)
    }

    /// Reads a file that is in memory; errors call it `path`.
    public static func decode(
        _ bytes: [UInt8], named path: FilePath, key: String? = nil
    ) throws(WeightFileError) -> StateDictionary {
        try decode(ByteSource(bytes, named: path), key: key)
    }

    /// Creates a file that `torch.load(..., weights_only=True)` reads; where it has to appear whole
    /// or not at all, give a temporary path and rename.
    ///
    /// - Parameter key: Where the weights lie in the file, and the metadata beside them. Without
    ///   one the file is the bare dictionary, which has no place for metadata.
    /// - Throws: ``WeightFileError/cannotWrite(_:reason:)`` also for metadata without a key, and
    ///   for scalars that PyTorch has no storage for.
    public static func write(
        _ dictionary: StateDictionary, to path: FilePath, key: String? = nil
    ) throws(WeightFileError) {
        let pickle = try PickleWriter.pickle(of: dictionary, key: key, path)
        try ByteSink.create(path) { sink throws(WeightFileError) in
            try write(dictionary, pickle, to: &sink)
        }
    }

    /// The bytes that ``write(_:to:key:)`` writes.
    public static func encode(
        _ dictionary: StateDictionary, key: String? = nil
    ) throws(WeightFileError) -> [UInt8] {
        try encode(dictionary, key: key, narrowLimit: ZipWriter.narrowLimit)
    }

    /// The same with zip64 fields for numbers from `narrowLimit` on.
    static func encode(
        _ dictionary: StateDictionary, key: String?, narrowLimit: Int
    ) throws(WeightFileError) -> [UInt8] {
        let path: FilePath = "PyTorch file"
        let pickle = try PickleWriter.pickle(of: dictionary, key: key, path)
        var sink = ByteSink(memoryNamed: path)
        try write(dictionary, pickle, to: &sink, narrowLimit: narrowLimit)
        return sink.bytes
    }

    private static func write(
        _ dictionary: StateDictionary, _ pickle: [UInt8], to sink: inout ByteSink,
        narrowLimit: Int = ZipWriter.narrowLimit
    ) throws(WeightFileError) {
        var zip = ZipWriter(narrowLimit: narrowLimit)
        try zip.add("archive/data.pkl", pickle, to: &sink)
        try zip.add("archive/byteorder", Array("little".utf8), to: &sink)
        for (index, entry) in dictionary.entries.enumerated() {
            try zip.add("archive/data/\(index)", entry.tensor.bytes, to: &sink)
        }
        try zip.add("archive/version", Array("3\n".utf8), to: &sink)
        try zip.finish(&sink)
    }

    static func decode(
        _ source: ByteSource, key: String?
    ) throws(WeightFileError) -> StateDictionary {
        let pickle = try PyTorchPickle(source)
        let (chosen, metadata) = try pickle.chosen(key: key)
        var dictionary = try pickle.tensors(chosen)
        dictionary.metadata = metadata
        let prefix = "module."
        guard dictionary.count > 0, dictionary.names.allSatisfy({ $0.hasPrefix(prefix) }) else {
            return dictionary
        }
        return try dictionary.renamed { String($0.dropFirst(prefix.count)) }
    }
}
