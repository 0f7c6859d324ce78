import Volumes

/// How LOW's grey values follow from HIGH's: `low = offset + gain * high`.
public struct GreyValueFit: Hashable, Sendable, Codable {
    /// LOW's grey value where HIGH is zero.
    public let offset: Double
    /// LOW's grey values per grey value of HIGH.
    public let gain: Double
    /// The standard deviation of what the fit leaves, in LOW's grey values, outliers apart.
    public let residualStandardDeviation: Double
    /// Pearson's correlation of LOW and HIGH over all voxels compared.
    public let correlation: Double

    /// Fits the line over the cells that a pose was fitted to, as LOW shows them.
    ///
    /// Cells far from the line (rings, dust, what moved between the scans) lose their weight: Tukey's
    /// biweight with the scale taken from the median of the absolute deviations (Huber and Ronchetti
    /// 2009, doi:10.1002/9780470434697).
    init(_ fit: PoseFit) {
        let overlap = Overlap(fit)
        let all = overlap.sums(weighing: nil)
        var line = Line(all)
        // The weights settle within a few rounds; the bound keeps the time known.
        for _ in 0..<20 {
            let scale = overlap.deviation(from: line)
            guard scale > 0 else { break }
            let next = Line(overlap.sums(weighing: (line, 4.685 * scale)))
            let change = abs(next.gain - line.gain)
            line = next
            if change <= 1e-7 * abs(line.gain) { break }
        }
        offset = line.offset
        gain = line.gain
        residualStandardDeviation = overlap.deviation(from: line)
        correlation = all.correlation
    }
}

private struct Line: Sendable {
    let offset: Double
    let gain: Double

    init(_ sums: GreySums) {
        gain = sums.highVariation > 0 ? sums.covariation / sums.highVariation : 0
        offset = sums.lowMean - gain * sums.highMean
    }
}

/// LOW and HIGH, as LOW's cells see it, slice by slice.
private struct Overlap: Sendable {
    private let slices: [(low: [Float], high: [Float])]

    init(_ fit: PoseFit) {
        let view = fit.look(fitsBlur: false)
        slices = concurrentMap(count: fit.low.shape.depth) { z in
            var (low, high) = ([Float](), [Float]())
            fit.forEachCell(slice: z, view, slopes: false) { cell in
                low.append(cell.low * fit.lowDeviation + fit.lowMean)
                high.append(cell.high * fit.grey.spread + fit.grey.middle)
            }
            return (low, high)
        }
    }

    /// Sums over all cells, or with the biweight of their distance from a line.
    func sums(weighing: (line: Line, reach: Double)?) -> GreySums {
        concurrentMap(count: slices.count) { z in
            let slice = slices[z]
            let low = slice.low.span
            let high = slice.high.span
            var sums = GreySums()
            for i in 0..<low.count {
                let (l, h) = (Double(low[i]), Double(high[i]))
                var weight = 1.0
                if let (line, reach) = weighing {
                    let ratio = (l - line.offset - line.gain * h) / reach
                    weight = max(0, 1 - ratio * ratio)
                }
                sums.add(low: l, high: h, weight: weight * weight)
            }
            return sums
        }.reduce(GreySums(), +)
    }

    /// The standard deviation that a normal distribution of the same median absolute residual has;
    /// of at most some fifty thousand cells, evenly taken.
    func deviation(from line: Line) -> Double {
        let count = slices.reduce(0) { $0 + $1.low.count }
        guard count > 0 else { return 0 }
        let step = max(1, count / 50_000)
        var residuals: [Double] = []
        var next = 0
        for (low, high) in slices {
            while next < low.count {
                residuals.append(
                    abs(Double(low[next]) - line.offset - line.gain * Double(high[next])))
                next += step
            }
            next -= low.count
        }
        return 1.4826 * residuals.sorted()[residuals.count / 2]
    }
}
