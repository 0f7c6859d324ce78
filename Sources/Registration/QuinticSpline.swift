/// The B-spline of degree five (Unser, Aldroubi and Eden 1993, doi:10.1109/78.193220).
///
/// It follows a wave of `f` cycles per voxel to `2 (f / (1 - f))^6` of its amplitude: 5e-4 at 0.2,
/// 1.3 % at 0.3.
enum QuinticSpline {
    /// Samples to either side that an interpolated value depends on by more than 1e-6 of their
    /// contrast: the larger pole to this power.
    static let margin = 16
    /// Consecutive coefficients that make a value along one axis; the third is at or just before it.
    static let taps = 6

    /// The poles of the filter that turns samples into coefficients.
    private static let poles: [Float] = [-0.430_575_347_099_973, -0.043_096_288_203_264_7]

    /// Six weights, and two zeros, of the coefficients around a value `t` of 0...1 voxels past the
    /// third of them.
    @inline(__always)
    static func weights(_ t: Float) -> SIMD8<Float> {
        var sum = t * SIMD8<Float>(-1, 5, -10, 10, -5, 1, 0, 0)
        sum = t * (sum + SIMD8(5, -20, 30, -20, 5, 0, 0, 0))
        sum = t * (sum + SIMD8(-10, 20, 0, -20, 10, 0, 0, 0))
        sum = t * (sum + SIMD8(10, 20, -60, 20, 10, 0, 0, 0))
        sum = t * (sum + SIMD8(-5, -50, 0, 50, 5, 0, 0, 0))
        return (sum + SIMD8(1, 26, 66, 26, 1, 0, 0, 0)) * (1 / 120)
    }

    /// Turns sixteen lines of samples into coefficients, in place.
    ///
    /// Beyond its ends a line counts as constant, which is felt for ``margin`` samples.
    static func filter(_ line: inout MutableSpan<SIMD16<Float>>) {
        let (a, b) = (poles[0], poles[1])
        let gain = (1 - a) * (1 - a) * (1 - b) * (1 - b)
        let n = line.count
        // Both poles in one sweep: neither waits for the other.
        var first = line[0] * (gain / (1 - a))
        var second = first * (1 / (1 - b))
        line[0] = second
        for k in 1..<n {
            first = line[k] * gain + first * a
            second = first + second * b
            line[k] = second
        }
        first = line[n - 1] * (1 / (1 - a))
        second = first * (1 / (1 - b))
        line[n - 1] = second
        for k in stride(from: n - 2, through: 0, by: -1) {
            first = line[k] + first * a
            second = first + second * b
            line[k] = second
        }
    }
}
