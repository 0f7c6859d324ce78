extension RandomNumberGenerator {
    /// A uniform number in 0..<1 in steps of 2^-53, from one call of ``next()``.
    @inlinable
    public mutating func nextUnit() -> Double {
        Double(next() >> 11) * 0x1p-53
    }
}
