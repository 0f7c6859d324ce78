/// A message of Protocol Buffers being written, field by field (the encoding, not the language:
/// protobuf.dev/programming-guides/encoding).
struct ProtobufMessage {
    private(set) var bytes: [UInt8] = []

    private mutating func key(_ field: Int, wireType: Int) { varint(UInt64(field << 3 | wireType)) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    /// A whole number; negative ones take ten bytes.
    mutating func add(_ field: Int, _ value: Int) {
        key(field, wireType: 0)
        varint(UInt64(bitPattern: Int64(value)))
    }

    mutating func add(_ field: Int, _ value: Double) {
        key(field, wireType: 1)
        bytes += littleEndian(value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: Float) {
        key(field, wireType: 5)
        bytes += littleEndian(value.bitPattern)
    }

    mutating func add(_ field: Int, _ value: [UInt8]) {
        key(field, wireType: 2)
        varint(UInt64(value.count))
        bytes += value
    }

    mutating func add(_ field: Int, _ value: String) { add(field, Array(value.utf8)) }

    mutating func add(_ field: Int, _ value: ProtobufMessage) { add(field, value.bytes) }
}

/// A number's bytes, the lowest first.
func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
    (0..<(Number.bitWidth / 8)).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
}
