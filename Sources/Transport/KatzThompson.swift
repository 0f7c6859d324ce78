/// The permeability of a pore space from its critical pore diameter and formation factor, after
/// Katz and Thompson 1986 (doi:10.1103/PhysRevB.34.8179): l^2 / (226 F).
///
/// An estimate: it takes the flow for that through the widest path alone.
///
/// - Parameters:
///   - diameter: Of the largest ball that passes through the sample, which mercury finds as the
///     breakthrough; not negative.
///   - formationFactor: 1 or more; `nil` where nothing percolates.
/// - Returns: In squares of the unit of length of `diameter`; 0 where nothing percolates.
public func katzThompsonPermeability(
    criticalDiameter diameter: Double, formationFactor: Double?
) -> Double {
    precondition(diameter >= 0, "a diameter is not negative")
    guard let formationFactor else { return 0 }
    precondition(formationFactor >= 1, "pores hinder a current")
    return diameter * diameter / (226 * formationFactor)
}
