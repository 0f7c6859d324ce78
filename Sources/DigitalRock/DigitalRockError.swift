public import Tomography

/// A reason a sample cannot be simulated.
public enum DigitalRockError: Error, Equatable, CustomStringConvertible {
    /// A setting lies outside the values it may take.
    case invalidSetting(name: String, value: Double, allowed: String)
    /// The field of the HIGH scan does not fit into that of the LOW scan with two voxels to spare.
    case fieldTooSmall(lowInMicrometres: Double, highInMicrometres: Double, axis: String)
    /// No cement makes this packing as dense as wanted.
    case porosityNotMet(wanted: Double, reached: Double)
    /// A scanner's settings do not suit the sample.
    case scan(TomographyError)

    /// What happened, then what to do about it.
    public var description: String {
        switch self {
        case .invalidSetting(let name, let value, let allowed):
            "\(name) is \(value); it has to be \(allowed)"
        case .fieldTooSmall(let low, let high, let axis):
            """
            along \(axis) the LOW scan covers \(low) um and the HIGH scan \(high) um; make LOW \
            larger than HIGH by at least four of its voxels
            """
        case .porosityNotMet(let wanted, let reached):
            """
            a porosity of \(wanted) was wanted and \(reached) is the closest this packing comes; \
            choose another porosity or smaller grains
            """
        case .scan(let error): "\(error)"
        }
    }
}
