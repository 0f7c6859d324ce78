import Randomness
import TestSupport
import Volumes

/// Whole numbers below `2^bits` that look random and that any language makes alike: the upper bits of
/// place * 2654435761 modulo 2^32.
func greyField<Element: BinaryInteger & BitwiseCopyable & Sendable>(
    _ shape: Shape, bits: Int, as type: Element.Type
) -> Volume<Element> {
    Volume(
        shape: shape,
        voxels: (0..<shape.count).map { place in
            Element(UInt32(truncatingIfNeeded: place &* 2_654_435_761) >> UInt32(32 - bits))
        })
}

/// 32 bits that look random in every direction and that any language makes alike: a place mixed as
/// the xxHash of 32 bits ends.
func scatter(_ shape: Shape) -> Volume<UInt32> {
    Volume(
        shape: shape,
        voxels: (0..<UInt32(shape.count)).map { place in
            var mixed = place &* 2_654_435_761
            mixed ^= mixed >> 15
            mixed = mixed &* 2_246_822_519
            mixed ^= mixed >> 13
            mixed = mixed &* 3_266_489_917
            return mixed ^ mixed >> 16
        })
}

/// Two phases of the balls of ``ballMask()``, dark in bright, with noise.
func ballScan(seed: UInt64, noise: Int = 2000) -> Volume<UInt16> {
    var generator = SplitMix64(seed: seed)
    return ballMask().map { isPore in
        UInt16((isPore ? 14_000 : 26_000) + Int.random(in: -noise...noise, using: &generator))
    }
}
