/// What a curve is: the convention by which two of one name may be compared.
///
/// Every curve of every measurement has one; see ``ParameterDefinition``.
public struct CurveDefinition: Hashable, Sendable {
    /// What is measured, as in `two_point_correlation`; no two definitions share it.
    public let name: String
    /// The convention's stable identifier; it changes when numbers would.
    public let convention: String
    /// What it is, in a sentence.
    public let meaning: String
    /// The defining equation, in plain text.
    public let equation: String
    /// What x measures, apart from the scale of the voxels.
    public let x: UnitDimension
    /// What y measures, apart from the scale of the voxels.
    public let y: UnitDimension
    /// Where the definition or the estimator comes from: a DOI, or a few words where there is none.
    public let reference: String
    /// Whether there is one for each axis.
    public let hasAxis: Bool

    /// A definition.
    public init(
        name: String, convention: String, meaning: String, equation: String, x: UnitDimension,
        y: UnitDimension, reference: String, hasAxis: Bool = false
    ) {
        self.name = name
        self.convention = convention
        self.meaning = meaning
        self.equation = equation
        self.x = x
        self.y = y
        self.reference = reference
        self.hasAxis = hasAxis
    }

    /// Those of every measurement in ``PoreMeasurement/all``, in the order in which they are shown.
    public static var all: [CurveDefinition] { PoreMeasurement.all.flatMap(\.curves) }
}
