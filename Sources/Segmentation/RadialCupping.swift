/// How the grey values of a plug change from its axis to its rim, as beam hardening makes them.
///
/// Each phase's level is an even polynomial of the distance from the axis, c0 + c1 u + c2 u^2 with
/// u = (r / radius)^2, and an affine change at every distance takes both phases to the levels of
/// the scan. What the correction takes away too is a true change of a phase's own level with the
/// distance, as of a rim soaked with something dense; a change of porosity stays.
public struct RadialCupping: Codable, Sendable, Hashable {
    /// The axis, in voxels from the volume's corner.
    public let centreY: Double
    /// The axis, in voxels from the volume's corner.
    public let centreX: Double
    /// The distance of the farthest voxel in view, where u is 1.
    public let radius: Double
    /// The coefficients of the darker phase's level.
    public let darker: [Double]
    /// The coefficients of the brighter phase's level.
    public let brighter: [Double]
    /// The levels that every distance is taken to: the means over the voxels in view.
    public let reference: PhaseLevels
    /// Rings, of ``CuppingSurvey/ringCount``, in which two phases could not be told or that hold
    /// nothing.
    public let unusedRings: Int

    /// The levels where u is `u`.
    @inline(__always)
    func levels(atSquare u: Double) -> PhaseLevels {
        PhaseLevels(darker: polynomial(darker, u), brighter: polynomial(brighter, u))
    }

    /// What a grey value of the voxel (y, x) is without the cupping.
    @inline(__always)
    func flattened(_ value: Double, _ y: Int, _ x: Int) -> Double {
        let (dy, dx) = (Double(y) + 0.5 - centreY, Double(x) + 0.5 - centreX)
        let u = min((dy * dy + dx * dx) / (radius * radius), 1)
        return AffineGreys(from: levels(atSquare: u), to: reference)(value)
    }

    /// The greatest change of a level, over the contrast of the phases.
    public var largestShift: Double {
        (0...64).reduce(0) {
            let levels = levels(atSquare: Double($1) / 64)
            return max(
                $0, abs(levels.darker - reference.darker) / reference.contrast,
                abs(levels.brighter - reference.brighter) / reference.contrast)
        }
    }

    private enum CodingKeys: String, CodingKey {
        case radius, darker, brighter, reference
        case centreY = "centre_y"
        case centreX = "centre_x"
        case unusedRings = "unused_rings"
    }
}

/// The sum of coefficients times powers of `u`, the constant first.
@inline(__always)
func polynomial(_ coefficients: [Double], _ u: Double) -> Double {
    var sum = 0.0
    for index in stride(from: coefficients.count - 1, through: 0, by: -1) {
        sum = sum * u + coefficients[index]
    }
    return sum
}
