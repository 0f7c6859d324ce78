import CTorch

/// What a tensor's elements are.
public enum ElementType: String, Hashable, Sendable, Codable, CaseIterable {
    /// Single precision.
    case float32
    /// Double precision.
    case float64
    /// Half precision: 11 bits of mantissa, up to 65504.
    case float16
    /// Half precision: 8 bits of mantissa, the range of single precision.
    case bfloat16
    /// Whole numbers of 64 bits.
    case int64
    /// Whole numbers of 32 bits.
    case int32
    /// Whole numbers of 0 to 255.
    case uint8
    /// True or false.
    case bool

    var code: ctorch_type {
        switch self {
        case .float32: CTORCH_FLOAT32
        case .float64: CTORCH_FLOAT64
        case .float16: CTORCH_FLOAT16
        case .bfloat16: CTORCH_BFLOAT16
        case .int64: CTORCH_INT64
        case .int32: CTORCH_INT32
        case .uint8: CTORCH_UINT8
        case .bool: CTORCH_BOOL
        }
    }

    init?(code: ctorch_type) {
        guard let type = ElementType.allCases.first(where: { $0.code == code }) else { return nil }
        self = type
    }
}
