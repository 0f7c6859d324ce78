import PoreNetwork

/// Pores, throats and grains, as of ``measureNetwork(of:within:partedBy:)``.
struct NetworkDefinitions {
    /// How far a widening stands out that is a pore of its own, in voxels; that of segmentation.
    static let prominence = 1.0

    let poreCount, throatCount, coordination, poreDiameter, poreInscribed,
        throatInscribed: ParameterDefinition
    let grainCount, grainDiameter: ParameterDefinition
    let poreDiameters, throatDiameters, grainDiameters: CurveDefinition

    var all: [ParameterDefinition] {
        [
            poreCount, throatCount, coordination, poreDiameter, poreInscribed, throatInscribed,
            grainCount, grainDiameter,
        ]
    }

    var curves: [CurveDefinition] { [poreDiameters, throatDiameters, grainDiameters] }

    /// Numbers of one name compare where the regions were made by one rule.
    static func convention(_ partition: PorePartition) -> String {
        switch partition {
        case .prominence: "watershed-prominence-1"
        case .snow: "watershed-snow"
        case .porespy: "porespy-2.4"
        }
    }

    init(_ partition: PorePartition) {
        let convention = Self.convention(partition)
        func count(
            _ name: String, _ meaning: String, _ what: String = "pores"
        ) -> ParameterDefinition {
            ParameterDefinition(
                name: name, convention: convention, meaning: meaning, equation: "n(\(what))",
                dimension: .number, reference: Self.snow)
        }
        func mean(
            _ name: String, _ meaning: String, _ equation: String
        ) -> ParameterDefinition {
            ParameterDefinition(
                name: name, convention: convention, meaning: meaning, equation: equation,
                dimension: .length, reference: Self.snow)
        }
        func shares(_ name: String, _ what: String) -> CurveDefinition {
            CurveDefinition(
                name: name, convention: convention,
                meaning: "Share of the \(what) whose diameter is at least x, by number.",
                equation: "n(diameter >= x) / n", x: .length, y: .fraction, reference: Self.snow)
        }
        poreCount = count("pore_count", "Pores of the watershed, cut ones among them.")
        throatCount = count(
            "throat_count", "Pairs of pores that share faces of voxels.", "pairs")
        coordination = ParameterDefinition(
            name: "coordination_number_mean", convention: convention,
            meaning: "Mean number of throats of the pores that lie in view whole.",
            equation: "mean over whole pores of n(neighbours)", dimension: .number,
            reference: Self.snow)
        poreDiameter = mean(
            "pore_diameter_mean",
            "Mean diameter of the balls (discs, in an image) of the volumes of the "
                + "pores that lie in view whole.", "mean of (6 V / pi)^(1/3)")
        poreInscribed = mean(
            "pore_inscribed_diameter_mean",
            "Mean diameter of the largest balls around a voxel of the pores that lie in view whole.",
            "mean of 2 d - 1, d from centre to centre")
        throatInscribed = mean(
            "throat_inscribed_diameter_mean",
            "Mean diameter of the largest balls that fit where two pores share faces.",
            "mean over throats of max over faces of min over its two voxels of 2 d - 1")
        grainCount = count(
            "grain_count", "Regions of the watershed of the solid, cut ones among them.", "grains")
        grainDiameter = mean(
            "grain_diameter_mean",
            "Mean diameter of the balls (discs, in an image) of the volumes of the "
                + "grains that lie in view whole.", "mean of (6 V / pi)^(1/3)")
        poreDiameters = shares("pore_diameter_distribution", "pores that lie in view whole")
        throatDiameters = shares("throat_diameter_distribution", "throats")
        grainDiameters = shares(
            "grain_diameter_distribution", "grains that lie in view whole")
    }

    private static let snow = "doi:10.1103/PhysRevE.96.023307"
}
