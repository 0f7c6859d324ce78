/// The cyclic redundancy check with Castagnoli's polynomial (1993, doi:10.1109/26.231911), as RFC 3720
/// states it.
enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in
            value & 1 == 1 ? 0x82F6_3B78 ^ (value >> 1) : value >> 1
        }
    }

    static func sum(of bytes: [UInt8]) -> UInt32 {
        let table = table
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes { sum = table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8) }
        return ~sum
    }

    /// The sum as TFRecord files hold it: turned and shifted, because sums of data that hold sums
    /// themselves would be weak.
    static func masked(_ bytes: [UInt8]) -> UInt32 {
        let sum = sum(of: bytes)
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}
