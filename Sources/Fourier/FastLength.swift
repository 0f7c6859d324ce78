/// The smallest length of at least `length` that is a product of 2, 3, 5 and 7, which FFTW
/// transforms fastest.
///
/// - Parameter length: At least one.
public func nextFastLength(_ length: Int) -> Int {
    precondition(length > 0, "a transform has a positive length")
    var candidate = length
    while true {
        var rest = candidate
        for factor in [2, 3, 5, 7] {
            while rest % factor == 0 { rest /= factor }
        }
        if rest == 1 { return candidate }
        candidate += 1
    }
}
