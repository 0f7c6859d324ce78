public import SystemPackage

/// The files that weights come in.
public enum WeightFile: String, Sendable, CaseIterable {
    /// The format of Hugging Face.
    case safetensors
    /// What `torch.save` writes.
    case pyTorch

    /// Reads weights of either format, whatever the file is called.
    ///
    /// - Parameter key: Where a PyTorch file keeps them; see ``PyTorchFile/read(_:key:)``.
    public static func read(
        _ path: FilePath, key: String? = nil
    ) throws(WeightFileError) -> StateDictionary {
        let source = try ByteSource(path)
        switch try format(of: source) {
        case .safetensors: return try Safetensors.decode(source)
        case .pyTorch: return try PyTorchFile.decode(source, key: key)
        }
    }

    /// A safetensors header begins with { behind eight bytes of length; no zip or pickle of PyTorch
    /// has one there.
    private static func format(of source: ByteSource) throws(WeightFileError) -> WeightFile {
        let start = try source.bytes(at: 0, count: min(9, source.count))
        if start.count == 9, start[8] == UInt8(ascii: "{") { return .safetensors }
        if ZipDirectory.isZip(start) || start.first == 0x80 { return .pyTorch }
        throw .refused(
            source.path, problem: "it is neither safetensors nor a file of torch.save",
            advice: "convert the weights to one of these")
    }
}
