/// The only names of Python that a pickle here may mention. None is run: each stands for a value
/// that is built here.
enum PickleGlobal: Equatable {
    /// A dictionary that keeps its order.
    case orderedDictionary
    /// A tuple of extents.
    case size
    /// A tensor from storage, offset, extents and strides; the third form names its scalar last.
    case rebuildTensor(namesScalar: Bool)
    /// The tensor that is its first argument.
    case rebuildParameter
    /// A kind of storage; untyped ones count bytes.
    case storage(WeightScalar)
    /// A kind of number.
    case scalar(WeightScalar)

    /// What Python calls `name` in `module`; `nil` for all that weights have no need of.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch", "Size"): self = .size
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"):
            self = .rebuildTensor(namesScalar: false)
        case ("torch._utils", "_rebuild_tensor_v3"): self = .rebuildTensor(namesScalar: true)
        case ("torch._utils", "_rebuild_parameter"),
            ("torch._utils", "_rebuild_parameter_with_state"):
            self = .rebuildParameter
        case ("torch.storage", "UntypedStorage"), ("torch", "UntypedStorage"):
            self = .storage(.uint8)
        case ("torch", _):
            if name.hasSuffix("Storage"),
                let scalar = WeightScalar.allCases.first(where: {
                    $0.storageName == name
                })
            {
                self = .storage(scalar)
            } else if let scalar = WeightScalar.allCases.first(where: { $0.pythonName == name }) {
                self = .scalar(scalar)
            } else {
                return nil
            }
        default: return nil
        }
    }
}

extension WeightScalar {
    /// What PyTorch calls it, behind `torch.`.
    var pythonName: String {
        switch self {
        case .bool: "bool"
        case .uint8: "uint8"
        case .int8: "int8"
        case .float8E5M2: "float8_e5m2"
        case .float8E4M3: "float8_e4m3fn"
        case .uint16: "uint16"
        case .int16: "int16"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        case .uint32: "uint32"
        case .int32: "int32"
        case .float32: "float32"
        case .uint64: "uint64"
        case .int64: "int64"
        case .float64: "float64"
        case .complex64: "complex64"
        case .complex128: "complex128"
        }
    }

    /// What PyTorch calls its storage, behind `torch.`; `nil` for those that came too late for one.
    var storageName: String? {
        switch self {
        case .bool: "BoolStorage"
        case .uint8: "ByteStorage"
        case .int8: "CharStorage"
        case .int16: "ShortStorage"
        case .int32: "IntStorage"
        case .int64: "LongStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .float32: "FloatStorage"
        case .float64: "DoubleStorage"
        case .complex64: "ComplexFloatStorage"
        case .complex128: "ComplexDoubleStorage"
        case .float8E5M2, .float8E4M3, .uint16, .uint32, .uint64: nil
        }
    }
}
