/// The number format of a voxel as a scanner or a file stores it.
public enum ElementType: String, Codable, Sendable, CaseIterable {
    case uint8, int8, uint16, int16, uint32, int32, uint64, int64, float16, float32, float64

    /// Bytes in one voxel.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8: 1
        case .uint16, .int16, .float16: 2
        case .uint32, .int32, .float32: 4
        case .uint64, .int64, .float64: 8
        }
    }

    /// Whether the format holds fractions, NaN and infinities.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .float32, .float64: true
        default: false
        }
    }

    /// Whether the format holds negative numbers.
    public var isSigned: Bool {
        switch self {
        case .uint8, .uint16, .uint32, .uint64: false
        default: true
        }
    }
}

/// A Swift number that stands for one ``ElementType``.
public protocol VoxelElement: BitwiseCopyable, Sendable, Comparable {
    /// The format this type stores.
    static var elementType: ElementType { get }
    /// The value, exactly where a `Double` can hold it and rounded otherwise.
    var doubleValue: Double { get }
    /// The nearest value to `value`: integers round half away from zero and clamp to their range.
    /// NaN becomes zero in an integer.
    init(nearest value: Double)
}

extension VoxelElement where Self: FixedWidthInteger {
    /// The value as a `Double`.
    @inlinable
    public var doubleValue: Double { Double(self) }

    /// The nearest integer, clamped to this type's range; zero for NaN.
    @inlinable
    public init(nearest value: Double) {
        let rounded = value.rounded()
        if rounded.isNaN {
            self = 0
        } else if rounded <= Double(Self.min) {
            self = .min
        } else if rounded >= Double(Self.max) {
            self = .max
        } else {
            self = Self(rounded)
        }
    }
}

extension VoxelElement where Self: BinaryFloatingPoint {
    /// The value as a `Double`.
    @inlinable
    public var doubleValue: Double { Double(self) }

    /// The nearest representable value.
    @inlinable
    public init(nearest value: Double) { self = Self(value) }
}

extension UInt8: VoxelElement {
    /// Eight bits, unsigned.
    public static var elementType: ElementType { .uint8 }
}
extension Int8: VoxelElement {
    /// Eight bits, signed.
    public static var elementType: ElementType { .int8 }
}
extension UInt16: VoxelElement {
    /// Sixteen bits, unsigned.
    public static var elementType: ElementType { .uint16 }
}
extension Int16: VoxelElement {
    /// Sixteen bits, signed.
    public static var elementType: ElementType { .int16 }
}
extension UInt32: VoxelElement {
    /// Thirty-two bits, unsigned.
    public static var elementType: ElementType { .uint32 }
}
extension Int32: VoxelElement {
    /// Thirty-two bits, signed.
    public static var elementType: ElementType { .int32 }
}
extension UInt64: VoxelElement {
    /// Sixty-four bits, unsigned.
    public static var elementType: ElementType { .uint64 }
}
extension Int64: VoxelElement {
    /// Sixty-four bits, signed.
    public static var elementType: ElementType { .int64 }
}
extension Float16: VoxelElement {
    /// Half precision.
    public static var elementType: ElementType { .float16 }
}
extension Float: VoxelElement {
    /// Single precision.
    public static var elementType: ElementType { .float32 }
}
extension Double: VoxelElement {
    /// Double precision.
    public static var elementType: ElementType { .float64 }
}
