extension AxisWeights {
    /// Moves an axis by a distance: by Keys' kernel through six samples (1981,
    /// doi:10.1109/TASSP.1981.1163711), which moves every cubic curve exactly and keeps more detail than
    /// the one through four. Whole distances move the samples as they are; borders are mirrored.
    ///
    /// - Parameters:
    ///   - count: Samples of the axis.
    ///   - distance: How far samples move towards higher indices.
    public init(moving count: Int, by distance: Double) {
        self.init(inputCount: count, outputCount: count, reach: 6, border: .mirrored) {
            output, weights in
            let position = Double(output) - distance
            let base = position.rounded(.down)
            for tap in 0..<6 {
                weights[tap] = AxisWeights.sixPoints(position - base + 2 - Double(tap))
            }
            return Int(base) - 2
        }
    }

    private static func sixPoints(_ offset: Double) -> Double {
        let x = abs(offset)
        if x <= 1 { return (4 * x - 7) * x * x / 3 + 1 }
        if x <= 2 { return ((-7 * x + 36) * x - 59) * x / 12 + 2.5 }
        if x < 3 { return ((x - 8) * x + 21) * x / 12 - 1.5 }
        return 0
    }
}
