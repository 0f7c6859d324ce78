import Foundation

extension NormalDistribution {
    /// Fills a row with numbers, many times faster than single draws: by the ziggurat of 256 layers
    /// (Marsaglia & Tsang 2000, doi:10.18637/jss.v005.i08).
    ///
    /// Layer and position take separate bits of a random number, without which the method's numbers
    /// are correlated. Positions have 24 bits, as a `Float` holds.
    public func fill(_ values: inout MutableSpan<Float>, using generator: inout Philox4x32) {
        let (mean, deviation) = (Float(mean), Float(standardDeviation))
        let widths = Ziggurat.widths.span
        let ratios = Ziggurat.ratios.span
        var index = 0
        while index < values.count {
            let bits = generator.next()
            for half in 0..<2 where index < values.count {
                let word = UInt32(truncatingIfNeeded: bits >> UInt64(32 * half))
                let layer = Int(word & 0xFF)
                let unit = (Float(Int32(bitPattern: word) >> 8) + 0.5) * 0x1p-23
                let number =
                    abs(unit) < ratios[layer]
                    ? unit * widths[layer]
                    : Ziggurat.outside(layer: layer, unit: unit, using: &generator)
                values[index] = mean + deviation * number
                index += 1
            }
        }
    }
}

/// Layers of equal area under exp(-x²/2).
private enum Ziggurat {
    /// Where the tail begins.
    static let tail = 3.654_152_885_361_008_8
    /// The area of each layer.
    static let area = 0.004_928_673_233_99
    /// Half the width of each layer; that of the lowest as if its tail were a rectangle too.
    static let widths: [Float] = edges.dropLast().map { Float($0) }
    /// How much of a layer lies wholly under the curve.
    static let ratios: [Float] = (0..<256).map { Float(edges[$0 + 1] / edges[$0]) }

    private static let edges: [Double] = {
        var density = exp(-tail * tail / 2)
        var edges = [area / density, tail]
        for _ in 2..<256 {
            let edge = (-2 * log(area / (edges.last ?? tail) + density)).squareRoot()
            edges.append(edge)
            density = exp(-edge * edge / 2)
        }
        return edges + [0]
    }()

    /// What a number that is not wholly under the curve becomes: one in 80.
    @inline(never)
    static func outside(layer: Int, unit: Float, using generator: inout Philox4x32) -> Float {
        var (layer, unit) = (layer, Double(unit))
        while true {
            if layer == 0 {
                // Marsaglia's method for the tail (1964).
                while true {
                    let x = log(1 - generator.nextUnit()) / tail
                    let y = log(1 - generator.nextUnit())
                    if -2 * y >= x * x { return Float(unit < 0 ? x - tail : tail - x) }
                }
            }
            let x = unit * edges[layer]
            let upper = exp((x * x - edges[layer] * edges[layer]) / 2)
            let lower = exp((x * x - edges[layer + 1] * edges[layer + 1]) / 2)
            if upper + generator.nextUnit() * (lower - upper) < 1 { return Float(x) }
            let word = generator.next()
            layer = Int(word & 0xFF)
            unit = 2 * Double(word >> 11) * 0x1p-53 - 1
            if abs(unit) < edges[layer + 1] / edges[layer] { return Float(unit * edges[layer]) }
        }
    }
}
