/// The mean and the spread of a slice's intensities.
struct GreyStatistics {
    let mean: Double
    let deviation: Double

    /// Those of `plane` where both it and `other`, of the same size, have values.
    init(_ plane: Plane<Float>, where other: Plane<Float>) {
        var count = 0.0
        var sum = 0.0
        for (value, partner) in zip(plane.values, other.values)
        where value.isFinite && partner.isFinite {
            count += 1
            sum += Double(value)
        }
        let mean = count > 0 ? sum / count : 0
        var squares = 0.0
        for (value, partner) in zip(plane.values, other.values)
        where value.isFinite && partner.isFinite {
            squares += (Double(value) - mean) * (Double(value) - mean)
        }
        self.mean = mean
        deviation = count > 0 ? (squares / count).squareRoot() : 0
    }
}

extension GreyWindow {
    /// The window that shows intensities distributed as `target` as this one shows those of
    /// `source`. Where either has no spread, only the means are brought together.
    func following(_ source: GreyStatistics, to target: GreyStatistics) -> GreyWindow {
        let gain =
            source.deviation > 0 && target.deviation > 0 ? target.deviation / source.deviation : 1
        return GreyWindow(
            black: target.mean + (black - source.mean) * gain,
            white: target.mean + (white - source.mean) * gain)
    }
}

extension Plane where Value == Float {
    /// Means over squares of `edge` voxels, which the slice consists of. A square that holds NaN is
    /// NaN.
    func blockMeans(_ edge: Int) -> Plane {
        var means: [Float] = []
        means.reserveCapacity(values.count / (edge * edge))
        for y in stride(from: 0, to: height, by: edge) {
            for x in stride(from: 0, to: width, by: edge) {
                var sum: Float = 0
                for row in y..<(y + edge) {
                    for column in x..<(x + edge) { sum += self[column, row] }
                }
                means.append(sum / Float(edge * edge))
            }
        }
        return Plane(height: height / edge, width: width / edge, values: means)
    }
}
