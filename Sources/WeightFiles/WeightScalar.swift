/// How one number of a tensor is stored, little endian.
///
/// Raw values are the names that safetensors gives them.
public enum WeightScalar: String, CaseIterable, Sendable {
    /// True or false, in a byte.
    case bool = "BOOL"
    /// A whole number without sign.
    case uint8 = "U8"
    /// A whole number.
    case int8 = "I8"
    /// Eight bits: sign, five of exponent, two of fraction.
    case float8E5M2 = "F8_E5M2"
    /// Eight bits: sign, four of exponent, three of fraction, no infinity.
    case float8E4M3 = "F8_E4M3"
    /// A whole number without sign.
    case uint16 = "U16"
    /// A whole number.
    case int16 = "I16"
    /// IEEE 754 half precision.
    case float16 = "F16"
    /// The upper half of a `float32`.
    case bfloat16 = "BF16"
    /// A whole number without sign.
    case uint32 = "U32"
    /// A whole number.
    case int32 = "I32"
    /// IEEE 754 single precision.
    case float32 = "F32"
    /// A whole number without sign.
    case uint64 = "U64"
    /// A whole number.
    case int64 = "I64"
    /// IEEE 754 double precision.
    case float64 = "F64"
    /// Two numbers in single precision, real part first.
    case complex64 = "C64"
    /// Two numbers in double precision, real part first; safetensors has no name for it.
    case complex128 = "C128"

    /// Bytes of one number.
    public var byteCount: Int {
        switch self {
        case .bool, .uint8, .int8, .float8E5M2, .float8E4M3: 1
        case .uint16, .int16, .float16, .bfloat16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64, .complex64: 8
        case .complex128: 16
        }
    }
}
