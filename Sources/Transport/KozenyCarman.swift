/// The permeability of a pore space from its porosity and specific surface, after Kozeny and
/// Carman: phi^3 / (c S^2).
///
/// An estimate: it takes pores for a bundle of tubes that fill the volume evenly, and is often
/// wrong by a factor of two or more where they do not (Carman 1937,
/// doi:10.1016/S0263-8762(97)80003-2).
///
/// - Parameters:
///   - porosity: Pore volume over the whole volume, 0...1.
///   - surface: Surface of the pores over the whole volume, per length; positive.
///   - constant: Kozeny's constant; 5 is usual.
/// - Returns: In squares of the unit of length of `surface`; 0 without porosity.
public func kozenyCarmanPermeability(
    porosity: Double, surfacePerVolume surface: Double, constant: Double = 5
) -> Double {
    precondition(0 <= porosity && porosity <= 1, "a porosity is 0...1")
    precondition(surface > 0 && constant > 0, "a pore space has a surface")
    return porosity * porosity * porosity / (constant * surface * surface)
}

/// The permeability of a packing of balls from its porosity and their diameter, as Carman has it:
/// d^2 phi^3 / (180 (1 - phi)^2). It is
/// ``kozenyCarmanPermeability(porosity:surfacePerVolume:constant:)`` with the surface of the balls,
/// 6 (1 - phi) / d.
///
/// - Parameters:
///   - porosity: Pore volume over the whole volume, from 0 to below 1.
///   - diameter: Of the grains, positive; of grains that differ, the one that has their surface.
/// - Returns: In squares of the unit of length of `diameter`.
public func carmanPermeability(porosity: Double, grainDiameter diameter: Double) -> Double {
    precondition(porosity < 1 && diameter > 0, "there are grains")
    return kozenyCarmanPermeability(
        porosity: porosity, surfacePerVolume: 6 * (1 - porosity) / diameter)
}
