/// The largest whole number whose square is no more than `number`, which is below 2^52.
@inline(__always)
func wholeRoot(_ number: Int) -> Int { Int(Double(number).squareRoot()) }

/// Square roots of whole numbers, rounded down: small ones from a table.
struct WholeRoots: Sendable {
    private let table: [UInt16]

    /// Knows those of numbers below `count`, or the first of them.
    init(below count: Int) {
        table = (0..<min(count, 1 << 16)).map { UInt16(wholeRoot($0)) }
    }

    /// The largest whole number whose square is no more than `number`, which is not negative.
    @inline(__always)
    func root(_ number: Int) -> Int {
        number < table.count ? Int(table[number]) : wholeRoot(number)
    }
}
