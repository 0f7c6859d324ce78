/// The sum over up to five classes of the square of the sum of their levels over the number of their
/// voxels, as a fraction of whole numbers.
struct PartitionScore {
    private var numerator: WideNumber
    /// The voxels of the classes, whose product is the denominator.
    private var counts: [UInt64]

    /// One class.
    init(_ count: Int, _ sum: Int) {
        numerator = WideNumber(1).times(UInt64(sum.magnitude)).times(UInt64(sum.magnitude))
        counts = [UInt64(count)]
    }

    /// Adds a class.
    mutating func add(_ count: Int, _ sum: Int) {
        var added = WideNumber(1).times(UInt64(sum.magnitude)).times(UInt64(sum.magnitude))
        for count in counts { added = added.times(count) }
        numerator = numerator.times(UInt64(count)).plus(added)
        counts.append(UInt64(count))
    }

    static func < (a: PartitionScore, b: PartitionScore) -> Bool {
        var (left, right) = (a.numerator, b.numerator)
        for count in b.counts { left = left.times(count) }
        for count in a.counts { right = right.times(count) }
        return left < right
    }
}

/// A whole number of up to 512 binary digits.
///
/// Sums of levels have 54 and numbers of voxels 38, so a score of five classes has up to 263 in its
/// numerator, and 453 when brought to a common denominator with another.
private struct WideNumber {
    /// The digits in base 2^64, the lowest first.
    private var digits: InlineArray<8, UInt64>

    init(_ value: UInt64) {
        digits = InlineArray(repeating: 0)
        digits[0] = value
    }

    func times(_ factor: UInt64) -> WideNumber {
        var product = self
        var carry: UInt64 = 0
        for place in digits.indices {
            let (high, low) = digits[place].multipliedFullWidth(by: factor)
            let (digit, overflow) = low.addingReportingOverflow(carry)
            product.digits[place] = digit
            carry = high + (overflow ? 1 : 0)
        }
        precondition(carry == 0, "a score has up to 512 binary digits")
        return product
    }

    func plus(_ other: WideNumber) -> WideNumber {
        var sum = self
        var carry: UInt64 = 0
        for place in digits.indices {
            let (first, overflow) = digits[place].addingReportingOverflow(other.digits[place])
            let (digit, again) = first.addingReportingOverflow(carry)
            sum.digits[place] = digit
            carry = overflow || again ? 1 : 0
        }
        precondition(carry == 0, "a score has up to 512 binary digits")
        return sum
    }

    static func < (a: WideNumber, b: WideNumber) -> Bool {
        for place in a.digits.indices.reversed() where a.digits[place] != b.digits[place] {
            return a.digits[place] < b.digits[place]
        }
        return false
    }
}
