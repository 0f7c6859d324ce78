import Foundation

/// Whether blocks' shifts prove a smooth drift, by how much, and the displacement that undoes it.
public struct DriftReport: Hashable, Sendable, Codable {
    /// The displacement to add to points that the registration takes from HIGH to LOW; `nil` unless
    /// it is proven.
    public let displacement: SmoothDisplacement?
    /// Why there is no displacement; `nil` if there is one.
    public let reason: String?
    /// The blocks that were used.
    public let blocks: Int
    /// The figures behind the verdict; `nil` if there were too few blocks for any.
    public let evidence: Evidence?

    /// Figures for the axes that were corrected, or for the most promising one if none was.
    public struct Evidence: Hashable, Sendable, Codable {
        /// The components of the shift the figures are for: 0 is z, 1 is y, 2 is x.
        public let axes: [Int]
        /// A bound on the probability that noise alone looks as smooth as these shifts.
        public let falseAlarmProbability: Double
        /// Chi-square per degree of freedom of the shifts; 1 for noise.
        public let chiSquareBefore: Double
        /// Chi-square per degree of freedom of what the displacement leaves; 1 for noise.
        public let chiSquareAfter: Double
        /// Chi-square per shift that each half of a chessboard's blocks has left when corrected by
        /// what the other half says; less than ``chiSquareBefore`` if the drift is real.
        public let heldOutChiSquare: Double
        /// 95 of 100 blocks are moved by less than this, in micrometres.
        public let p95InMicrometres: Double
        /// How many free parameters the displacement has in effect.
        public let freeParameters: Double
        /// How many times the variances are larger than the blocks' covariances say.
        public let noiseInflation: Double
    }
}

/// Decides whether the shifts of blocks, left after a registration, prove a smooth drift.
///
/// Each component of the shift is explained by cubic B-splines with a bending energy (see
/// ``SmoothDisplacement``), weighted by the blocks' variances along that axis; covariances between
/// axes are not used. A component is corrected if
///
/// 1. each half of a three-dimensional chessboard predicts the other half better than no drift
///    does, with the stiffness that predicts best; and
/// 2. noise would look as smooth with a probability below `falseAlarmRate`, all stiffnesses and
///    axes that were tried together. The statistic is q = y'Hy / y'y, where y are the shifts in
///    their standard deviations, bounded at 1.5 of their spread against wrong blocks, and H takes y
///    to its fit. It grows with Fisher's F of the fit against none, and does not depend on the
///    noise's common variance. For independent normal y, by Markov's inequality for
///    exp(t y'(H - q)y) with 2t = k / (1 - kq),
///
///        P(q or more) <= (1 - kq)^(n/2) det(I - kH)^(-1/2)      for every k in 0..<1,
///
///    of which the smallest is taken (Chernoff 1952, doi:10.1214/aoms/1177729330). It holds for a
///    penalised fit, whose degrees of freedom are not whole, where a table of F does not.
///
/// The correction is made if it moves one block in twenty, or more, by
/// `minimumLengthInMicrometres`. Noise is taken to be independent from block to block: blocks that
/// overlap, or errors that neighbours share, look like a drift.
///
/// A shift, turn or stretch that the registration left over is a smooth drift, too, and is kept.
///
/// - Parameters:
///   - blocks: On a regular lattice, with holes or without, or anywhere; in any order. At least 16
///     with texture are needed, 12 of an image.
///   - minimumLengthInMicrometres: What a correction has to amount to; a tenth of a HIGH voxel is
///     about what resampling leaves anyway.
///   - falseAlarmRate: How often noise may pass for a drift.
/// - Complexity: O(blocks) for the equations and O(m^3) to solve them, where m is at most 56.
public func smoothDrift(
    of blocks: [BlockShift], minimumLengthInMicrometres: Double, falseAlarmRate: Double = 1e-4
) -> DriftReport {
    precondition(falseAlarmRate > 0 && falseAlarmRate < 1, "a rate lies between 0 and 1")
    let measured = MeasuredBlocks(blocks)
    let count = measured.blocks.count
    func refusal(_ reason: String, _ evidence: DriftReport.Evidence? = nil) -> DriftReport {
        DriftReport(displacement: nil, reason: reason, blocks: count, evidence: evidence)
    }

    let needed = 4 * (measured.axes.count + 1)
    let halves = measured.lattice.halves
    guard count >= needed, halves.allSatisfy({ $0.count >= needed / 4 }) else {
        return refusal(
            "Only \(count) of \(blocks.count) blocks can be used; \(needed) are needed to tell a "
                + "drift from noise. Use smaller blocks, or scan a larger common part.")
    }
    let control = controlLattice(measured.lattice)
    let modes = SplineModes(control)
    let model = modes.model(at: measured.blocks.map(\.position))
    let energies = stiffnesses(control).map(modes.bendingEnergy)
    let candidates = measured.axes.compactMap {
        AxisDrift($0, of: measured, halves, model, energies)
    }
    let tried = Double(measured.axes.count * energies.count)
    let proven = candidates.filter { tried * $0.chance < falseAlarmRate && $0.predicts }
    guard let best = candidates.min(by: { $0.chance < $1.chance }) else {
        return refusal("The blocks lie so that no displacement can be fitted to them.")
    }
    let corrected = proven.isEmpty ? [best] : proven

    var coefficients = [SIMD3<Double>](repeating: SIMD3(), count: control.points)
    for axis in corrected {
        for (i, coefficient) in modes.coefficients(axis.amplitudes).enumerated() {
            coefficients[i][axis.axis] = coefficient
        }
    }
    let displacement = SmoothDisplacement(lattice: control, coefficients: coefficients)
    let lengths = measured.blocks.map { displacement($0.position).length }.sorted()
    let shifts = Double(count * corrected.count)
    let freeParameters = corrected.reduce(0) { $0 + $1.freeParameters }
    let chance = corrected.reduce(1) { min($0, $1.chance) }
    let evidence = DriftReport.Evidence(
        axes: corrected.map(\.axis), falseAlarmProbability: min(1, tried * chance),
        chiSquareBefore: corrected.reduce(0) { $0 + $1.before } / shifts,
        chiSquareAfter: corrected.reduce(0) { $0 + $1.after } / (shifts - freeParameters),
        heldOutChiSquare: corrected.reduce(0) { $0 + $1.heldOut } / shifts,
        p95InMicrometres: lengths.quantile(0.95), freeParameters: freeParameters,
        noiseInflation: measured.noiseInflation)

    if proven.isEmpty {
        return refusal(
            evidence.falseAlarmProbability < falseAlarmRate
                ? "The shifts of some blocks do not predict those of the blocks between them."
                : "The shifts of the blocks may be noise, which leaves no more to correct.",
            evidence)
    }
    guard evidence.p95InMicrometres >= minimumLengthInMicrometres else {
        return refusal(
            "There is a drift, but it moves 95 of 100 blocks by less than "
                + "\(minimumLengthInMicrometres) um.", evidence)
    }
    return DriftReport(displacement: displacement, reason: nil, blocks: count, evidence: evidence)
}

/// Control points over the blocks and half a step around their centres: four along each axis, one
/// more for six layers and two for eight.
private func controlLattice(_ blocks: BlockLattice) -> ControlLattice {
    let layers = blocks.layers
    var counts = SIMD3(1, 1, 1)
    for axis in 0..<3 where blocks.step[axis] > 0 {
        counts[axis] = min(6, max(4, layers[axis] / 2 + 2))
    }
    return ControlLattice(
        lower: blocks.lower - blocks.step / 2, upper: blocks.upper + blocks.step / 2,
        counts: counts)
}

/// The stiffnesses against bending that are tried, in parts of the blocks' weight: alike along all
/// axes, and soft along one axis alone, as a drift during a scan that moves along it is.
///
/// The stiffest leaves a linear field alone and a ten thousandth of a parabola; the softest leaves
/// all of a cubic.
private func stiffnesses(_ control: ControlLattice) -> [SIMD3<Double>] {
    let (stiff, soft) = (10.0, [1e-3, 3e-5, 1e-6])
    let alike = [stiff, 1e-2] + soft
    let directions = (0..<3).filter { control.counts[$0] > 1 }
    return alike.map { SIMD3(repeating: $0) }
        + (directions.count < 2 ? [] : directions).flatMap { direction in
            soft.map { softness in
                var stiffness = SIMD3(repeating: stiff)
                stiffness[direction] = softness
                return stiffness
            }
        }
}

/// The drift along one axis: the fit that predicts best, and what speaks for it.
private struct AxisDrift {
    let axis: Int
    /// The amplitudes of the modes, in micrometres.
    let amplitudes: [Double]
    /// A bound on the probability that noise is as smooth.
    let chance: Double
    /// Whether each half of the blocks predicts the other.
    let predicts: Bool
    /// Chi-square of the shifts, of what is left of them, and of the halves that others predict.
    let before, after, heldOut: Double
    let freeParameters: Double

    init?(
        _ axis: Int, of measured: MeasuredBlocks, _ halves: [[Int]], _ model: LinearModel,
        _ energies: [SymmetricMatrix]
    ) {
        let fit = RobustFit(
            model: model, shifts: measured.shifts(axis), deviations: measured.deviations(axis))
        let data = halves.map(fit.normalMatrix)
        let undisturbed = halves.map { fit.chiSquare($0, nil) }

        /// Chi-square of each half as the other predicts it.
        func heldOut(_ energy: SymmetricMatrix) -> [Double] {
            [0, 1].map { judged in
                let fitted = 1 - judged
                return fit.equations(halves[fitted], data: data[fitted], energy: energy)
                    .map { fit.chiSquare(halves[judged], fit.solve($0)) } ?? .infinity
            }
        }
        let trials = energies.map { (energy: $0, left: heldOut($0)) }
        guard let best = trials.min(by: { sum($0.left) < sum($1.left) }) else { return nil }

        let rows = Array(measured.blocks.indices)
        let all = data[0].adding(data[1], times: 1)
        guard let equations = fit.equations(rows, data: all, energy: best.energy) else {
            return nil
        }
        self.axis = axis
        amplitudes = fit.solve(equations)
        (before, after) = (sum(undisturbed), fit.chiSquare(rows, amplitudes))
        self.heldOut = sum(best.left)
        predicts = zip(best.left, undisturbed).allSatisfy { $0 < $1 }
        chance = exp(logChance(of: fit, equations))
        // tr H is minus the derivative, at k = 0, of ln det(I - kH).
        let k = 1e-3
        freeParameters =
            (logDeterminant(equations, k: -k) - logDeterminant(equations, k: k)) / (2 * k)
    }
}

private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }

/// ln det(I - kH), where H takes whitened shifts to their fit: by Sylvester's identity that of the
/// ratio of two matrices over the unknowns.
private func logDeterminant(_ equations: RobustFit.Equations, k: Double) -> Double {
    CholeskyFactor(equations.sum.adding(equations.data, times: -k))
        .map { $0.logDeterminant - equations.factor.logDeterminant } ?? -.infinity
}

/// The logarithm of the bound on the probability that noise is as smooth; see ``smoothDrift``.
private func logChance(of fit: RobustFit, _ equations: RobustFit.Equations) -> Double {
    let bounded = fit.bounded(equations.rows)
    let total = bounded.reduce(0) { $0 + $1 * $1 }
    guard total > 0 else { return 0 }
    let projected = fit.project(bounded, equations.rows)
    let explained = zip(projected, equations.factor.solve(projected)).reduce(0) { $0 + $1.0 * $1.1 }
    let count = Double(bounded.count)
    func bound(_ k: Double) -> Double {
        (count * log(1 - k * explained / total) - logDeterminant(equations, k: k)) / 2
    }
    // The bound falls to its smallest value and rises again: a golden-section search.
    let golden = (5.0.squareRoot() - 1) / 2
    var (low, high) = (0.0, 0.999)
    var (left, right) = (high - golden * (high - low), low + golden * (high - low))
    var (atLeft, atRight) = (bound(left), bound(right))
    for _ in 0..<12 {
        if atLeft < atRight {
            (high, right, atRight) = (right, left, atLeft)
            left = high - golden * (high - low)
            atLeft = bound(left)
        } else {
            (low, left, atLeft) = (left, right, atRight)
            right = low + golden * (high - low)
            atRight = bound(right)
        }
    }
    return min(0, atLeft, atRight)
}
