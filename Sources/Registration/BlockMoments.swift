/// Sums over a block of cells from which LOW = offset + gain * HIGH, and the shift that would improve
/// it, are solved.
///
/// The gain and offset belong to the block alone, so cupping and other slow differences between the
/// scans hardly disturb the shift that all blocks share.
struct BlockMoments: Sendable {
    private var count = 0.0
    private var high = 0.0
    private var low = 0.0
    private var highHigh = 0.0
    private var highLow = 0.0
    private var lowLow = 0.0
    private var slope = SIMD3<Double>()
    private var slopeHigh = SIMD3<Double>()
    private var slopeLow = SIMD3<Double>()
    /// zz, yy, xx.
    private var slopeSquares = SIMD3<Double>()
    /// zy, zx, yx.
    private var slopeProducts = SIMD3<Double>()

    /// Adds one row of cells: LOW, HIGH seen through cells, and HIGH's slopes (none for a fit
    /// without a shift).
    ///
    /// Cells farther than `line`'s bound from it, in rings, dust or what moved between the scans,
    /// weigh less, in proportion (Huber 1964, doi:10.1214/aoms/1177703732).
    mutating func add(
        low: Span<Float>, high: Span<Float>, z: Span<Float>, y: Span<Float>, x: Span<Float>,
        line: Line?
    ) {
        let hasSlopes = z.count == low.count
        let line = line ?? Line(offset: 0, gain: 0, bound: .infinity)
        for i in 0..<low.count {
            let (l, h) = (Double(low[i]), Double(high[i]))
            let distance = abs(l - line.offset - line.gain * h)
            let weight = distance <= line.bound ? 1 : line.bound / distance
            count += weight
            self.high += weight * h
            self.low += weight * l
            highHigh += weight * h * h
            highLow += weight * h * l
            lowLow += weight * l * l
            guard hasSlopes else { continue }
            let g = SIMD3(Double(z[i]), Double(y[i]), Double(x[i]))
            let weighted = g * weight
            slope += weighted
            slopeHigh += weighted * h
            slopeLow += weighted * l
            slopeSquares += weighted * g
            slopeProducts += SIMD3(weighted[0] * g[1], weighted[0] * g[2], weighted[1] * g[2])
        }
    }

    /// What a block's fit expects of LOW, and how far from it a cell counts in full.
    struct Line: Sendable {
        let offset: Double
        let gain: Double
        let bound: Double
    }

    /// This block's line; cells up to 1.5 standard deviations from it count in full, which costs
    /// normal noise a few per cent of its efficiency.
    var line: Line {
        let cells = max(1, count)
        return Line(
            offset: (low - gain * high) / cells, gain: gain,
            bound: 1.5 * (misfit / cells).squareRoot())
    }

    static func + (a: BlockMoments, b: BlockMoments) -> BlockMoments {
        var sum = a
        sum.count += b.count
        sum.high += b.high
        sum.low += b.low
        sum.highHigh += b.highHigh
        sum.highLow += b.highLow
        sum.lowLow += b.lowLow
        sum.slope += b.slope
        sum.slopeHigh += b.slopeHigh
        sum.slopeLow += b.slopeLow
        sum.slopeSquares += b.slopeSquares
        sum.slopeProducts += b.slopeProducts
        return sum
    }

    /// The number of cells, each by its weight.
    var cells: Double { count }
    /// HIGH's mean.
    var highMean: Double { high / max(1, count) }
    /// HIGH's squared deviations from its mean.
    var highVariation: Double { max(0, highHigh - high * high / max(1, count)) }
    /// LOW's squared deviations from its mean.
    var lowVariation: Double { max(0, lowLow - low * low / max(1, count)) }
    private var covariation: Double { highLow - high * low / max(1, count) }
    /// LOW's grey values per grey value of HIGH.
    var gain: Double { highVariation > 0 ? covariation / highVariation : 0 }
    /// The squared deviations that gain and offset leave.
    var misfit: Double { max(0, lowVariation - gain * covariation) }
    /// Pearson's correlation.
    var correlation: Double {
        let scale = (highVariation * lowVariation).squareRoot()
        return scale > 0 ? covariation / scale : 0
    }

    /// The normal equations of a change of position, in HIGH voxels, with gain and offset solved
    /// along with it: matrix and right-hand side, in squared grey values of LOW.
    var normalEquations: NormalEquations {
        guard count > 0, highVariation > 0 else { return NormalEquations() }
        let bySlope = slopeHigh - slope * (high / count)
        let squares =
            slopeSquares - slope * slope / count - bySlope * bySlope / highVariation
        func pairs(_ a: SIMD3<Double>) -> SIMD3<Double> {
            SIMD3(a[0] * a[1], a[0] * a[2], a[1] * a[2])
        }
        let products = slopeProducts - pairs(slope) / count - pairs(bySlope) / highVariation
        let residual = slopeLow - slope * (low / count) - bySlope * gain
        return NormalEquations(
            squares: squares * (gain * gain), products: products * (gain * gain),
            right: residual * gain)
    }
}

/// Three linear equations with a symmetric matrix.
struct NormalEquations: Sendable {
    /// The diagonal: zz, yy, xx.
    var squares = SIMD3<Double>()
    /// Off the diagonal: zy, zx, yx.
    var products = SIMD3<Double>()
    /// The right-hand side.
    var right = SIMD3<Double>()

    /// Adds other equations `weight` times.
    mutating func add(_ other: NormalEquations, weight: Double) {
        squares += other.squares * weight
        products += other.products * weight
        right += other.right * weight
    }

    /// The solution and the diagonal of the inverse matrix; `nil` if the equations say nothing along
    /// some axis. An image's z is left at zero.
    func solve(isImage: Bool) -> (solution: SIMD3<Double>, inverse: SIMD3<Double>)? {
        var a = squares
        if isImage { a[0] = max(1, (squares[1] + squares[2]) / 2) }
        let (zy, zx, yx) = (products[0], products[1], products[2])
        let cofactors = SIMD3(a[1] * a[2] - yx * yx, a[0] * a[2] - zx * zx, a[0] * a[1] - zy * zy)
        let (czy, czx, cyx) = (zx * yx - zy * a[2], zy * yx - zx * a[1], zy * zx - a[0] * yx)
        let determinant = a[0] * cofactors[0] + zy * czy + zx * czx
        // A texture that is the same along one axis makes the determinant small against the diagonal.
        guard a.min() > 0, determinant > 1e-9 * a[0] * a[1] * a[2] else { return nil }
        let solution =
            SIMD3(
                cofactors[0] * right[0] + czy * right[1] + czx * right[2],
                czy * right[0] + cofactors[1] * right[1] + cyx * right[2],
                czx * right[0] + cyx * right[1] + cofactors[2] * right[2]) / determinant
        var inverse = cofactors / determinant
        if isImage { inverse[0] = 0 }
        return (solution, inverse)
    }
}
