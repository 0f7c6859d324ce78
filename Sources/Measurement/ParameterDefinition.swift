/// What a parameter is: the convention by which two numbers of one name may be compared.
///
/// Every parameter of every measurement has one, `docs/PARAMETERS.md` shows them all, and a test holds
/// the page and ``all`` together.
public struct ParameterDefinition: Hashable, Sendable {
    /// What is measured, as in `porosity_total`; no two definitions share it.
    public let name: String
    /// The convention's stable identifier, as in `faces-6`; it changes when numbers would.
    public let convention: String
    /// What it is, in a sentence.
    public let meaning: String
    /// The defining equation, in plain text.
    public let equation: String
    /// What it measures, apart from the scale of the voxels.
    public let dimension: UnitDimension
    /// Where the definition or the estimator comes from: a DOI, or a few words where there is none.
    public let reference: String
    /// Whether there is one for each axis.
    public let hasAxis: Bool

    /// A definition.
    public init(
        name: String, convention: String, meaning: String, equation: String,
        dimension: UnitDimension, reference: String, hasAxis: Bool = false
    ) {
        self.name = name
        self.convention = convention
        self.meaning = meaning
        self.equation = equation
        self.dimension = dimension
        self.reference = reference
        self.hasAxis = hasAxis
    }

    /// Those of every measurement in ``PoreMeasurement/all``, in the order in which they are shown, and
    /// what grey values tell beside a mask.
    public static var all: [ParameterDefinition] {
        PoreMeasurement.all.flatMap(\.parameters) + [porosityWithMicropores]
    }

    /// Pore space with the pores too small to be seen, which segmentation by phases finds.
    public static let porosityWithMicropores = ParameterDefinition(
        name: "porosity_with_micropores", convention: "grey-mixing-linear",
        meaning: "Pore space and the pores in micro-porous rock, by its grey values.",
        equation:
            "(n(pore) + sum over micro-porous of (g_solid - g) / (g_solid - g_pore)) / n(view)",
        dimension: .fraction, reference: "doi:10.1016/j.advwatres.2012.07.018")
}
