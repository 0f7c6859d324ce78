import Foundation

/// Poisson numbers of a few means, drawn by looking up one 32-bit random number in a table.
///
/// For many draws of each mean, as the grey levels of a picture are. Probabilities are kept in steps
/// of 2^-32.
public struct PoissonTable: Sendable {
    private static let guideBits: UInt32 = 6
    /// For each mean: where its cumulative probabilities begin, and the number of the first.
    private var starts: [Int] = []
    private var firsts: [Int] = []
    private var cumulative: [UInt32] = []
    /// For each mean, where to begin the search for a random number's upper bits.
    private var guides: [Int] = []

    /// Prepares the means, each from 0 to 1e6.
    public init(means: [Double]) {
        for mean in means {
            precondition(mean >= 0 && mean <= 1e6, "a table's Poisson mean lies in 0...1e6")
            append(mean)
        }
    }

    private mutating func append(_ mean: Double) {
        let reach = 7 * mean.squareRoot() + 12
        let first = Int(max(0, mean - reach))
        let last = Int(mean + reach)
        let start = cumulative.count
        starts.append(start)
        firsts.append(first)
        var probability =
            mean > 0 ? exp(Double(first) * log(mean) - mean - lgamma(Double(first) + 1)) : 1
        var sum = probability
        for number in first...last {
            cumulative.append(UInt32(min(sum * 0x1p32, 0xFFFF_FFFF)))
            probability *= mean / Double(number + 1)
            sum += probability
        }
        // The last entry ends every search.
        cumulative[cumulative.count - 1] = .max
        var index = start
        for guide in 0..<(UInt32(1) << PoissonTable.guideBits) {
            let bits = guide << (32 - PoissonTable.guideBits)
            while cumulative[index] <= bits, index + 1 < cumulative.count { index += 1 }
            guides.append(index)
        }
    }

    /// The number of the mean at `index` that belongs to 32 random bits.
    @inline(__always)
    public func number(mean index: Int, bits: UInt32) -> Int {
        let guide =
            (index << Int(PoissonTable.guideBits)) + Int(bits >> (32 - PoissonTable.guideBits))
        var position = guides[guide]
        while cumulative[position] <= bits, cumulative[position] != .max { position += 1 }
        return firsts[index] + position - starts[index]
    }

    /// Replaces indices of means by numbers drawn for them.
    public func draw(
        _ indices: Span<UInt8>, into numbers: inout MutableSpan<Float>,
        using generator: inout Philox4x32
    ) {
        precondition(indices.count == numbers.count, "each index gets a number")
        var index = 0
        while index < indices.count {
            let bits = generator.next()
            for half in 0..<2 where index < indices.count {
                let word = UInt32(truncatingIfNeeded: bits >> UInt64(32 * half))
                numbers[index] = Float(number(mean: Int(indices[index]), bits: word))
                index += 1
            }
        }
    }
}
