/// A counter-based generator, Philox 4x32 with ten rounds (Salmon et al. 2011,
/// doi:10.1145/2063384.2063405).
///
/// Its numbers are a function of seed, stream and position alone. Work that is spread over threads
/// gives every piece a stream of its own, and draws the same bits however the pieces are scheduled.
public struct Philox4x32: RandomNumberGenerator, Sendable {
    @usableFromInline let key: SIMD2<UInt32>
    @usableFromInline var counter: SIMD4<UInt32>
    @usableFromInline var block: SIMD4<UInt32>
    @usableFromInline var holdsHalf = false

    /// Starts `stream` of `seed`: any two pairs differ, and each holds 2^65 numbers.
    @inlinable
    public init(seed: UInt64, stream: UInt64) {
        key = SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
        counter = SIMD4(
            0, 0, UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        block = SIMD4(repeating: 0)
    }

    /// The next 64 random bits.
    @inlinable
    public mutating func next() -> UInt64 {
        if holdsHalf {
            holdsHalf = false
            return UInt64(block[2]) | UInt64(block[3]) << 32
        }
        block = Philox4x32.block(counter: counter, key: key)
        counter[0] &+= 1
        if counter[0] == 0 { counter[1] &+= 1 }
        holdsHalf = true
        return UInt64(block[0]) | UInt64(block[1]) << 32
    }

    /// The 128 random bits that belong to a counter and a key.
    @inlinable
    public static func block(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
        var (c0, c1, c2, c3) = (counter[0], counter[1], counter[2], counter[3])
        var (k0, k1) = (key[0], key[1])
        for _ in 0..<10 {
            let left = UInt64(c0) &* 0xD251_1F53
            let right = UInt64(c2) &* 0xCD9E_8D57
            c0 = UInt32(truncatingIfNeeded: right >> 32) ^ c1 ^ k0
            c2 = UInt32(truncatingIfNeeded: left >> 32) ^ c3 ^ k1
            c1 = UInt32(truncatingIfNeeded: right)
            c3 = UInt32(truncatingIfNeeded: left)
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(c0, c1, c2, c3)
    }
}
