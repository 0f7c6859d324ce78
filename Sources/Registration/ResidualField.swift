import Foundation

/// What is left after a registration: how far blocks would still move, and how far noise alone
/// would move them.
///
/// Blocks without texture, or with numbers that are not finite, are left out.
public struct ResidualField: Hashable, Sendable, Codable {
    /// How the shifts change along the axes: what a turn or a stretch left over looks like.
    ///
    /// Where z grows along z, y along y or x along x (`along[0][0]` and so on), HIGH's voxels are
    /// larger than they were taken to be: 1 um per mm is 0.1 %. Where y grows along z and z falls
    /// along y as much, HIGH is turned: 1 um per mm is a thousandth of a radian.
    public struct Trend: Hashable, Sendable, Codable {
        /// The shift in the middle of the blocks (z, y, x in um).
        public let middle: SIMD3<Double>
        /// The change of the shift along z, along y and along x (each z, y, x in um per mm).
        public let along: [SIMD3<Double>]
        /// The standard errors of `along`, in um per mm; zero where all blocks lie in one layer.
        public let standardErrors: [SIMD3<Double>]
    }

    /// The blocks that were used.
    public let blocks: Int
    /// Half of the blocks want to move less than this, in micrometres.
    public let medianInMicrometres: Double
    /// 95 of 100 blocks want to move less than this, in micrometres.
    public let p95InMicrometres: Double
    /// The median to expect of noise alone, in micrometres.
    public let noiseMedianInMicrometres: Double
    /// The 95th percentile to expect of noise alone, in micrometres.
    public let noiseP95InMicrometres: Double
    /// How many times the variances are larger than the covariances say, judged by differences
    /// between neighbours. The noise above and chi-square below contain it.
    public let noiseInflation: Double
    /// Chi-square per degree of freedom: 1 if the shifts are noise, more if they are not. Shifts
    /// beyond 1.5 standard deviations count linearly, so that a wrong block does not decide it.
    public let chiSquare: Double
    /// The linear trend of the shifts; `nil` for fewer than two blocks for each of its unknowns.
    public let trend: Trend?

    /// Sums up blocks in any order on any lattice, with holes or without; `nil` if none says
    /// anything.
    public init?(_ shifts: [BlockShift]) {
        self.init(MeasuredBlocks(shifts))
    }

    init?(_ measured: MeasuredBlocks) {
        guard !measured.blocks.isEmpty else { return nil }
        blocks = measured.blocks.count
        noiseInflation = measured.noiseInflation
        let lengths = measured.blocks.map(\.shift.length).sorted()
        let noise = ResidualField.noiseLengths(measured)
        (medianInMicrometres, p95InMicrometres) = (lengths.quantile(0.5), lengths.quantile(0.95))
        (noiseMedianInMicrometres, noiseP95InMicrometres) = (
            noise.quantile(0.5), noise.quantile(0.95)
        )
        var squares = 0.0
        for axis in measured.axes {
            for (shift, deviation) in zip(measured.shifts(axis), measured.deviations(axis)) {
                squares += robustSquare(shift / deviation)
            }
        }
        chiSquare = squares / Double(blocks * measured.axes.count)
        trend = ResidualField.trend(measured)
    }

    /// Twenty lengths, equally probable, of each block's noise; shortest first.
    ///
    /// A squared length has the mean tr C and the variance 2 tr C^2. It is distributed about as a
    /// chi-square of as many degrees of freedom as give these, and the cube root of that about
    /// normally (Wilson & Hilferty 1931, doi:10.1073/pnas.17.12.684).
    private static func noiseLengths(_ measured: MeasuredBlocks) -> [Double] {
        let quantiles = (0..<20).map { normalQuantile((Double($0) + 0.5) / 20) }
        return measured.blocks.flatMap { block in
            let (variances, products) = (block.covariance.variances, block.covariance.products)
            let mean = variances.sum()
            let squares = (variances * variances + 2 * products * products).sum()
            let spread = 2.0 / 9 * squares / (mean * mean)
            return quantiles.map { quantile in
                let cube = max(0, 1 - spread + quantile * spread.squareRoot())
                return (mean * measured.noiseInflation * cube * cube * cube).squareRoot()
            }
        }.sorted()
    }

    private static func trend(_ measured: MeasuredBlocks) -> Trend? {
        let lattice = measured.lattice
        let axes = (0..<3).filter { lattice.step[$0] > 0 }
        let positions = measured.blocks.map(\.position)
        guard positions.count >= 2 * (axes.count + 1) else { return nil }
        let middleOfBlocks = (lattice.lower + lattice.upper) / 2
        let model = LinearModel(
            unknowns: axes.count + 1,
            rows: positions.flatMap { position in
                [1] + axes.map { (position[$0] - middleOfBlocks[$0]) / 1000 }
            })
        let rows = Array(positions.indices)
        var middle = SIMD3<Double>()
        var along = [SIMD3<Double>](repeating: SIMD3(), count: 3)
        var errors = along
        for axis in measured.axes {
            let fit = RobustFit(
                model: model, shifts: measured.shifts(axis), deviations: measured.deviations(axis))
            guard let equations = fit.equations(rows, data: fit.normalMatrix(rows)) else {
                return nil
            }
            let unknowns = fit.solve(equations)
            middle[axis] = unknowns[0]
            for (i, direction) in axes.enumerated() {
                along[direction][axis] = unknowns[i + 1]
                var unit = [Double](repeating: 0, count: unknowns.count)
                unit[i + 1] = 1
                errors[direction][axis] = equations.factor.solve(unit)[i + 1].squareRoot()
            }
        }
        return Trend(middle: middle, along: along, standardErrors: errors)
    }
}

extension [Double] {
    /// The number that a `share` of these, in ascending order, stay below: between the two that lie
    /// nearest, in proportion.
    func quantile(_ share: Double) -> Double {
        let place = Swift.min(Swift.max(share * Double(count) - 0.5, 0), Double(count - 1))
        let (below, above) = (Int(place), Swift.min(Int(place) + 1, count - 1))
        return self[below] + (self[above] - self[below]) * (place - Double(below))
    }
}

/// The number that a normal deviate stays below with a `probability` between 0 and 1.
private func normalQuantile(_ probability: Double) -> Double {
    var (low, high) = (-10.0, 10.0)
    for _ in 0..<60 {
        let middle = (low + high) / 2
        if erfc(-middle / 2.0.squareRoot()) / 2 < probability {
            low = middle
        } else {
            high = middle
        }
    }
    return (low + high) / 2
}
