extension RandomNumberGenerator {
    /// A uniform whole number in 0..<bound, by multiplication and rejection (Lemire 2019,
    /// doi:10.1145/3230636). The standard library's own may change its numbers between versions, and
    /// a run must not.
    mutating func uniformIndex(below bound: Int) -> Int {
        precondition(bound > 0, "an index is below a positive bound")
        let bound = UInt64(bound)
        var product = next().multipliedFullWidth(by: bound)
        if product.low < bound {
            let threshold = (0 &- bound) % bound
            while product.low < threshold { product = next().multipliedFullWidth(by: bound) }
        }
        return Int(product.high)
    }
}
