import Foundation

/// Filters that are widened when shrinking, so that no finer detail than the output can hold is
/// folded into it: the conventions of MATLAB's `imresize`.
///
/// Coordinates as in ``Interpolation``; weights are normalised to one, and beyond the border the
/// image is mirrored, the outermost sample twice. This is the bicubic shrinking that super-resolution
/// papers mean, and the interpolation that networks are judged against.
public enum AntialiasedFilter: String, CaseIterable, Codable, Sendable {
    /// Keys' cubic (1981, doi:10.1109/TASSP.1981.1163711) with a = -0.5.
    case bicubic
    /// The sinc of three lobes on each side, windowed by the middle lobe of a wider one
    /// (Duchon 1979, doi:10.1175/1520-0450(1979)018<1016:LFIOAT>2.0.CO;2).
    case lanczos3

    private var support: Double {
        switch self {
        case .bicubic: 2
        case .lanczos3: 3
        }
    }

    private func value(_ x: Double) -> Double {
        switch self {
        case .bicubic: keysCubic(x, a: -0.5)
        case .lanczos3: abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0
        }
    }

    /// The weights of one axis.
    ///
    /// - Parameters:
    ///   - inputCount: Samples of the original axis.
    ///   - outputCount: Samples of the resized axis.
    ///   - scale: How many outputs an input stands for; the ratio of the counts unless told.
    public func weights(
        from inputCount: Int, to outputCount: Int, scale: Double? = nil
    ) -> AxisWeights {
        precondition((scale ?? 1) > 0, "a scale is positive")
        let scale = scale ?? Double(outputCount) / Double(inputCount)
        let stretch = max(1 / scale, 1)
        let reach = Int((2 * support * stretch).rounded(.up)) + 1
        return AxisWeights(
            inputCount: inputCount, outputCount: outputCount, reach: reach, border: .mirrored
        ) { output, weights in
            let position = (Double(output) + 0.5) / scale - 0.5
            let first = Int((position - support * stretch).rounded(.up))
            var sum = 0.0
            for tap in 0..<reach {
                weights[tap] = value((position - Double(first + tap)) / stretch)
                sum += weights[tap]
            }
            for tap in 0..<reach { weights[tap] /= sum }
            return first
        }
    }
}

private func sinc(_ x: Double) -> Double {
    abs(x) < 1e-9 ? 1 : sin(.pi * x) / (.pi * x)
}
