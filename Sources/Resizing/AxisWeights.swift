/// How every sample of a resized axis is made of samples of the original one.
///
/// Each output is a weighted sum of ``taps`` consecutive inputs. What a filter would take from beyond
/// the ends is folded back onto the axis, so applying the weights needs no border.
public struct AxisWeights: Hashable, Sendable {
    /// What lies beyond the ends of an axis.
    public enum Border: Hashable, Sendable {
        /// The outermost sample goes on.
        case clamped
        /// The samples return in reverse, the outermost one twice.
        case mirrored
        /// The samples return in reverse, the outermost one once.
        case reflected
    }

    /// Samples of the original axis.
    public let inputCount: Int
    /// Samples of the resized axis.
    public let outputCount: Int
    /// Samples of the original axis that each output is made of.
    public let taps: Int
    let firsts: [Int]
    let weights: [Float]

    /// Folds the contributions that `fill` gives for every output.
    ///
    /// - Parameters:
    ///   - inputCount: Samples of the original axis.
    ///   - outputCount: Samples of the resized axis.
    ///   - reach: How many consecutive inputs the filter may use, beyond the ends too.
    ///   - border: What the filter sees beyond the ends.
    ///   - fill: Writes the `reach` weights of one output, zero before the call, and returns the
    ///     input that the first belongs to, which may lie outside the axis.
    public init(
        inputCount: Int, outputCount: Int, reach: Int, border: Border,
        fill: (_ output: Int, _ weights: inout [Double]) -> Int
    ) {
        precondition(inputCount > 0 && outputCount > 0 && reach > 0, "an axis has samples")
        self.inputCount = inputCount
        self.outputCount = outputCount
        let taps = min(reach + (border == .reflected ? 1 : 0), inputCount)
        self.taps = taps
        var firsts = [Int](repeating: 0, count: outputCount)
        var weights = [Float](repeating: 0, count: outputCount * taps)
        var raw = [Double](repeating: 0, count: reach)
        for output in 0..<outputCount {
            for tap in 0..<reach { raw[tap] = 0 }
            let first = fill(output, &raw)
            // A reflection reaches one sample farther than the filter does.
            let start = min(max(first, 0), inputCount - taps)
            firsts[output] = start
            for tap in 0..<reach where raw[tap] != 0 {
                let index = AxisWeights.fold(first + tap, inputCount, border)
                weights[output * taps + index - start] += Float(raw[tap])
            }
        }
        self.firsts = firsts
        self.weights = weights
    }

    private static func fold(_ index: Int, _ count: Int, _ border: Border) -> Int {
        if index >= 0, index < count { return index }
        switch border {
        case .clamped: return index < 0 ? 0 : count - 1
        case .mirrored:
            let period = 2 * count
            let folded = ((index % period) + period) % period
            return folded < count ? folded : period - 1 - folded
        case .reflected:
            guard count > 1 else { return 0 }
            let period = 2 * (count - 1)
            let folded = ((index % period) + period) % period
            return folded < count ? folded : period - folded
        }
    }

    /// Whether every output is the input of the same index.
    var isIdentity: Bool {
        guard inputCount == outputCount else { return false }
        for output in 0..<outputCount {
            for tap in 0..<taps {
                let expected: Float = firsts[output] + tap == output ? 1 : 0
                if weights[output * taps + tap] != expected { return false }
            }
        }
        return true
    }
}
