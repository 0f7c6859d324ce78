/// One array of numbers of a network, as its file stores them: dense, last axis fastest.
public struct WeightTensor: Equatable, Sendable {
    /// How each number is stored.
    public let scalar: WeightScalar
    /// The extents, slowest first; empty for a single number.
    public let shape: [Int]
    /// The numbers, little endian; `elementCount * scalar.byteCount` of them.
    public let bytes: [UInt8]

    /// Takes bytes that are as many as shape and scalar ask for.
    public init(scalar: WeightScalar, shape: [Int], bytes: [UInt8]) {
        precondition(
            WeightTensor.byteCount(shape: shape, scalar: scalar) == bytes.count,
            "a tensor has as many bytes as its shape and scalar ask for")
        self.scalar = scalar
        self.shape = shape
        self.bytes = bytes
    }

    /// Numbers in single precision.
    public init(_ numbers: [Float], shape: [Int]) {
        self.init(numbers, shape: shape, scalar: .float32)
    }

    /// Numbers rounded to a floating-point scalar of 16, 32 or 64 bits.
    public init(_ numbers: [Float], shape: [Int], scalar: WeightScalar) {
        let bytes: [UInt8] =
            switch scalar {
            case .float32: .init(littleEndian: numbers) { $0.bitPattern }
            case .float64: .init(littleEndian: numbers) { Double($0).bitPattern }
            case .float16: .init(littleEndian: numbers) { Float16($0).bitPattern }
            case .bfloat16: .init(littleEndian: numbers, WeightTensor.bfloat16)
            default: preconditionFailure("\(scalar) is no floating-point type of 16 to 64 bits")
            }
        self.init(scalar: scalar, shape: shape, bytes: bytes)
    }

    /// Sums and means, which are made in double precision, rounded to the scalar they came from.
    init(rounding numbers: [Double], shape: [Int], scalar: WeightScalar) {
        if scalar == .float64 {
            self.init(
                scalar: scalar, shape: shape, bytes: .init(littleEndian: numbers) { $0.bitPattern })
        } else {
            self.init(numbers.map { Float($0) }, shape: shape, scalar: scalar)
        }
    }

    /// Numbers in the tensor.
    public var elementCount: Int { bytes.count / scalar.byteCount }

    /// The numbers in single precision; `nil` unless the scalar is a floating-point type of 16, 32
    /// or 64 bits.
    public func floats() -> [Float]? {
        switch scalar {
        case .float32: words(UInt32.self) { Float(bitPattern: $0) }
        case .float64: words(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .float16: words(UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .bfloat16: words(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        default: nil
        }
    }

    /// The numbers in double precision, none of them rounded; `nil` as for ``floats()``.
    func doubles() -> [Double]? {
        scalar == .float64
            ? words(UInt64.self) { Double(bitPattern: $0) } : floats()?.map { Double($0) }
    }

    /// The bytes of a tensor; `nil` where they cannot be counted in an `Int`.
    static func byteCount(shape: [Int], scalar: WeightScalar) -> Int? {
        // An empty axis empties the tensor, whatever the others say.
        if shape.contains(0), shape.allSatisfy({ $0 >= 0 }) { return 0 }
        var count = scalar.byteCount
        for extent in shape {
            guard extent >= 0 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { return nil }
            count = product
        }
        return count
    }

    /// The nearest `bfloat16`, ties to even; what is not a number stays so.
    private static func bfloat16(_ number: Float) -> UInt16 {
        let bits = number.bitPattern
        if number.isNaN { return UInt16(bits >> 16) | 0x40 }
        return UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ (bits >> 16 & 1)) >> 16)
    }

    private func words<Word: FixedWidthInteger & BitwiseCopyable, Number>(
        _ type: Word.Type, _ convert: (Word) -> Number
    ) -> [Number] {
        let raw = unsafe bytes.span.bytes
        return (0..<elementCount).map { index in
            convert(
                Word(
                    littleEndian: unsafe raw.unsafeLoadUnaligned(
                        fromByteOffset: index * MemoryLayout<Word>.size, as: type)))
        }
    }
}

extension [UInt8] {
    /// The little-endian bytes of what `convert` makes of every number.
    fileprivate init<Number, Word: FixedWidthInteger & BitwiseCopyable>(
        littleEndian numbers: [Number], _ convert: (Number) -> Word
    ) {
        let words = numbers.map { convert($0).littleEndian }
        self = unsafe words.withUnsafeBytes { unsafe Array($0) }
    }
}
