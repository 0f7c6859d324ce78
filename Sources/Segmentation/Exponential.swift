/// exp(-x) of eight numbers from 0 to 87, to seven digits.
///
/// The nearest power of two is taken out, and a polynomial makes the rest: coefficients and the split
/// of ln 2 in two are those of Cephes' `expf` (Moshier 1992). Only products, sums and bits take part, so
/// every processor gives the same result.
@inline(__always)
func exponential(ofMinus x: SIMD8<Float>) -> SIMD8<Float> {
    // Added to a small number, it leaves the nearest whole one in the lowest digits.
    let shift = SIMD8<Float>(repeating: 0x1.8p23)
    let shifted = shift - x * SIMD8<Float>(repeating: 1.442_695_04)
    let power = shifted - shift
    let high = power * SIMD8<Float>(repeating: 0.693_359_375)
    let low = power * SIMD8<Float>(repeating: -2.121_944_4e-4)
    let rest = (SIMD8<Float>(repeating: 0) - x - high) - low
    var series = SIMD8<Float>(repeating: 1.987_569_15e-4)
    series = series * rest + SIMD8<Float>(repeating: 1.398_199_95e-3)
    series = series * rest + SIMD8<Float>(repeating: 8.333_452e-3)
    series = series * rest + SIMD8<Float>(repeating: 4.166_579_6e-2)
    series = series * rest + SIMD8<Float>(repeating: 1.666_666_55e-1)
    series = series * rest + SIMD8<Float>(repeating: 0.5)
    series = series * (rest * rest) + rest + SIMD8<Float>(repeating: 1)
    // The power of two goes into the exponent.
    let exponent = unsafe unsafeBitCast(shifted, to: SIMD8<UInt32>.self) &<< 23
    let bits = unsafe unsafeBitCast(series, to: SIMD8<UInt32>.self) &+ exponent
    return unsafe unsafeBitCast(bits, to: SIMD8<Float>.self)
}
