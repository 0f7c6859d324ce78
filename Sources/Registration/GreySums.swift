/// Weighted sums of LOW's and HIGH's grey values, from which a line and a correlation follow.
struct GreySums: Sendable {
    private(set) var weight = 0.0
    private var low = 0.0
    private var high = 0.0
    private var lowLow = 0.0
    private var lowHigh = 0.0
    private var highHigh = 0.0

    /// LOW's and HIGH's means.
    var lowMean: Double { low / max(weight, 1e-30) }
    var highMean: Double { high / max(weight, 1e-30) }
    /// Squared deviations from the means.
    var lowVariation: Double { max(0, lowLow - low * lowMean) }
    var highVariation: Double { max(0, highHigh - high * highMean) }
    /// The product of both deviations.
    var covariation: Double { lowHigh - low * highMean }

    /// Pearson's correlation.
    var correlation: Double {
        let scale = (highVariation * lowVariation).squareRoot()
        return scale > 0 ? covariation / scale : 0
    }

    mutating func add(low l: Double, high h: Double, weight w: Double) {
        weight += w
        low += w * l
        high += w * h
        lowLow += w * l * l
        lowHigh += w * l * h
        highHigh += w * h * h
    }

    static func + (a: GreySums, b: GreySums) -> GreySums {
        var sum = a
        sum.weight += b.weight
        sum.low += b.low
        sum.high += b.high
        sum.lowLow += b.lowLow
        sum.lowHigh += b.lowHigh
        sum.highHigh += b.highHigh
        return sum
    }
}
