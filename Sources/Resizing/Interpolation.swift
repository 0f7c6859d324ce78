/// How samples between the original ones are found, by the conventions of PyTorch's `interpolate`
/// with `align_corners=False` and without antialiasing.
///
/// Sample `i` has its centre at `i + 1/2`; the centre of output `o` lies at `(o + 1/2) / scale`.
/// Shrinking by more than two with ``bilinear`` or ``bicubic`` skips samples, as those programs do:
/// ``AntialiasedFilter`` is for shrinking without.
public enum Interpolation: String, CaseIterable, Codable, Sendable {
    /// The sample at `floor(o / scale)`.
    case nearest
    /// The mean of the samples a cell of the output touches, whole ones at both ends
    /// (PyTorch's adaptive average pool). A given scale has no influence.
    case area
    /// A straight line between two samples in each direction.
    case bilinear
    /// Keys' cubic through four samples (1981, doi:10.1109/TASSP.1981.1163711) with a = -0.75.
    case bicubic

    /// The weights of one axis.
    ///
    /// - Parameters:
    ///   - inputCount: Samples of the original axis.
    ///   - outputCount: Samples of the resized axis.
    ///   - scale: How many outputs an input stands for, where coordinates are to be computed with
    ///     it rather than with the ratio of the counts. Positive.
    public func weights(
        from inputCount: Int, to outputCount: Int, scale: Double? = nil
    ) -> AxisWeights {
        precondition(inputCount > 0 && outputCount > 0, "an axis has samples")
        precondition((scale ?? 1) > 0, "a scale is positive")
        /// Where an output's coordinate, in outputs, lies among the inputs.
        func source(_ coordinate: Double) -> Double {
            if let scale { return coordinate / scale }
            return coordinate * Double(inputCount) / Double(outputCount)
        }
        switch self {
        case .nearest:
            return AxisWeights(
                inputCount: inputCount, outputCount: outputCount, reach: 1, border: .clamped
            ) { output, weights in
                weights[0] = 1
                return min(Int(source(Double(output))), inputCount - 1)
            }
        case .area:
            let reach = (inputCount + outputCount - 1) / outputCount + 1
            return AxisWeights(
                inputCount: inputCount, outputCount: outputCount, reach: reach, border: .clamped
            ) { output, weights in
                let first = output * inputCount / outputCount
                let end = ((output + 1) * inputCount + outputCount - 1) / outputCount
                for tap in 0..<(end - first) { weights[tap] = 1 / Double(end - first) }
                return first
            }
        case .bilinear:
            return AxisWeights(
                inputCount: inputCount, outputCount: outputCount, reach: 2, border: .clamped
            ) { output, weights in
                let position = max(source(Double(output) + 0.5) - 0.5, 0)
                let first = Int(position)
                weights[1] = position - Double(first)
                weights[0] = 1 - weights[1]
                return first
            }
        case .bicubic:
            return AxisWeights(
                inputCount: inputCount, outputCount: outputCount, reach: 4, border: .clamped
            ) { output, weights in
                let position = source(Double(output) + 0.5) - 0.5
                let base = position.rounded(.down)
                let fraction = position - base
                for tap in 0..<4 {
                    weights[tap] = keysCubic(fraction + 1 - Double(tap), a: -0.75)
                }
                return Int(base) - 1
            }
        }
    }
}

/// Keys' cubic convolution kernel (1981, doi:10.1109/TASSP.1981.1163711), of support 2.
///
/// - Parameters:
///   - offset: From the sample to the point, in samples.
///   - a: The slope at an offset of one; with -1/2 curves of second degree are kept exactly.
public func keysCubic(_ offset: Double, a: Double) -> Double {
    let x = abs(offset)
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    if x < 2 { return a * (((x - 5) * x + 8) * x - 4) }
    return 0
}
