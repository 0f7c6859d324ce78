extension AxisWeights {
    /// Averages over the stretch of the axis that each output covers, parts of samples included: what
    /// OpenCV calls area interpolation. Where an axis grows, it is OpenCV's too: a straight line between
    /// two samples near the border they share, and flat elsewhere.
    public init(areaFrom inputCount: Int, to outputCount: Int) {
        let ratio = Double(inputCount) / Double(outputCount)
        guard ratio >= 1 else {
            self.init(
                inputCount: inputCount, outputCount: outputCount, reach: 2, border: .clamped
            ) { output, weights in
                let first = Int(Double(output) * ratio)
                let excess = Double(output + 1) - Double(first + 1) / ratio
                weights[1] = excess <= 0 ? 0 : excess - excess.rounded(.down)
                weights[0] = 1 - weights[1]
                return first
            }
            return
        }
        let reach = Int(ratio.rounded(.up)) + 1
        self.init(inputCount: inputCount, outputCount: outputCount, reach: reach, border: .clamped)
        {
            output, weights in
            let (low, high) = (Double(output) * ratio, Double(output + 1) * ratio)
            let first = Int(low)
            for tap in 0..<reach {
                let sample = Double(first + tap)
                weights[tap] = max(0, min(high, sample + 1) - max(low, sample)) / ratio
            }
            return first
        }
    }
}
