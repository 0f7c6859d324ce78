/// How many bits two rows of bits share when one is moved.
///
/// Sums are built by carry-save adders on four words at a time (Mula, Kurz and Lemire 2018,
/// doi:10.1093/comjnl/bxx046), since counting the bits of every word would take longer.
///
/// - Parameters:
///   - still: The bits that stay.
///   - moved: As many words, moved by `shift` bits to later ones (or earlier, if negative), -64...64;
///     what comes in from beyond the ends is 0.
@inline(__always)
func commonBits(_ still: Span<UInt64>, _ moved: Span<UInt64>, movedBy shift: Int) -> Int {
    switch shift {
    case 0: commonBits(still, moved, moved, PlainBits())
    case 64:
        commonBits(
            still.extracting(droppingFirst: 1), moved.extracting(droppingLast: 1),
            moved.extracting(droppingLast: 1), PlainBits())
    case -64:
        commonBits(
            still.extracting(droppingLast: 1), moved.extracting(droppingFirst: 1),
            moved.extracting(droppingFirst: 1), PlainBits())
    case 1..<64:
        (still[0] & moved[0] << UInt64(shift)).nonzeroBitCount
            + commonBits(
                still.extracting(droppingFirst: 1), moved.extracting(droppingFirst: 1),
                moved.extracting(droppingLast: 1), ShiftedBits(left: UInt64(shift)))
    default:
        (still[still.count - 1] & moved[moved.count - 1] >> UInt64(-shift)).nonzeroBitCount
            + commonBits(
                still.extracting(droppingLast: 1), moved.extracting(droppingFirst: 1),
                moved.extracting(droppingLast: 1), ShiftedBits(left: UInt64(64 + shift)))
    }
}

private protocol BitSource {
    func word(_ here: UInt64, _ before: UInt64) -> UInt64
    func words(_ here: SIMD4<UInt64>, _ before: SIMD4<UInt64>) -> SIMD4<UInt64>
}

private struct PlainBits: BitSource {
    @inline(__always) func word(_ here: UInt64, _ before: UInt64) -> UInt64 { here }
    @inline(__always)
    func words(_ here: SIMD4<UInt64>, _ before: SIMD4<UInt64>) -> SIMD4<UInt64> { here }
}

/// Words moved to later bits, with what comes in from the word before.
private struct ShiftedBits: BitSource {
    let left: UInt64
    @inline(__always) func word(_ here: UInt64, _ before: UInt64) -> UInt64 {
        here &<< left | before &>> (64 &- left)
    }
    @inline(__always)
    func words(_ here: SIMD4<UInt64>, _ before: SIMD4<UInt64>) -> SIMD4<UInt64> {
        here &<< SIMD4(repeating: left) | before &>> SIMD4(repeating: 64 &- left)
    }
}

@inline(__always)
private func commonBits(
    _ still: Span<UInt64>, _ here: Span<UInt64>, _ before: Span<UInt64>, _ source: some BitSource
) -> Int {
    let (a, b, c) = unsafe (still.bytes, here.bytes, before.bytes)
    var ones = SIMD4<UInt64>.zero
    var twos = ones
    var fours = ones
    var total = 0

    @inline(__always) func load(_ word: Int) -> SIMD4<UInt64> {
        let offset = word &* 8
        return unsafe a.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self)
            & source.words(
                b.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self),
                c.unsafeLoadUnaligned(fromByteOffset: offset, as: SIMD4<UInt64>.self))
    }
    /// Adds three bits a place; the sum's low bit and its carry.
    @inline(__always) func add(
        _ x: SIMD4<UInt64>, _ y: SIMD4<UInt64>, _ z: SIMD4<UInt64>
    ) -> (low: SIMD4<UInt64>, carry: SIMD4<UInt64>) {
        let half = x ^ y
        return (half ^ z, x & y | half & z)
    }
    @inline(__always) func count(_ bits: SIMD4<UInt64>) -> Int {
        bits[0].nonzeroBitCount + bits[1].nonzeroBitCount + bits[2].nonzeroBitCount
            + bits[3].nonzeroBitCount
    }

    var word = 0
    while word + 32 <= still.count {
        let (low0, two0) = add(ones, load(word), load(word + 4))
        let (low1, two1) = add(low0, load(word + 8), load(word + 12))
        let (low2, two2) = add(low1, load(word + 16), load(word + 20))
        let (low3, two3) = add(low2, load(word + 24), load(word + 28))
        ones = low3
        let (twoA, four0) = add(twos, two0, two1)
        let (twoB, four1) = add(twoA, two2, two3)
        twos = twoB
        let (fourA, eight) = add(fours, four0, four1)
        fours = fourA
        total &+= 8 &* count(eight)
        word &+= 32
    }
    total += 4 * count(fours) + 2 * count(twos) + count(ones)
    while word < still.count {
        total += (still[word] & source.word(here[word], before[word])).nonzeroBitCount
        word += 1
    }
    return total
}
