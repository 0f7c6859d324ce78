/// Widths of the pore space, as of ``measurePoreSizes(of:within:)``.
enum PoreSizeDefinitions {
    static let mean = ParameterDefinition(
        name: "local_thickness_mean", convention: "inscribed-ball-2d-1",
        meaning: "Mean over the pore space of the diameter of the largest ball in it that covers a "
            + "voxel.",
        equation:
            "mean over pore voxels x of max (2 d(c) - 1), |x - c| < d(c), d from centre to centre",
        dimension: .length, reference: hildebrand)
    static let deviation = ParameterDefinition(
        name: "local_thickness_standard_deviation", convention: "inscribed-ball-2d-1",
        meaning: "Standard deviation over the pore space of the same diameter.",
        equation: "square root of the mean of (thickness - mean)^2", dimension: .length,
        reference: hildebrand)
    static let breakthrough = ParameterDefinition(
        name: "breakthrough_diameter", convention: "inscribed-ball-2d-1-faces-6",
        meaning:
            "Diameter of the largest ball that can go from one face across the axis to the other.",
        equation: "2 d - 1, d = the greatest such that voxels with distance >= d connect the faces",
        dimension: .length, reference: "doi:10.1103/PhysRevB.34.8179", hasAxis: true)

    static let all = [mean, deviation, breakthrough]

    static let distribution = CurveDefinition(
        name: "pore_size_distribution", convention: "inscribed-ball-2d-1",
        meaning: "Share of the pore space whose local thickness is at least x.",
        equation: "n(thickness >= x) / n(pore)", x: .length, y: .fraction, reference: hildebrand)
    static let drainage = CurveDefinition(
        name: "drainage_saturation", convention: "inscribed-ball-2d-1-faces-6",
        meaning:
            "Share of the pore space that balls of diameter x can fill which come from the faces "
            + "of the field of view.",
        equation: "n(voxels in balls of diameter >= x connected to a face) / n(pore)", x: .length,
        y: .fraction, reference: hilpert)
    static let mercury = CurveDefinition(
        name: "mercury_saturation", convention: "washburn-0.485-140",
        meaning:
            "The same share at the pressure x that takes mercury into throats of such a diameter.",
        equation: "x = -4 g cos(theta) / diameter, g = 0.485 N/m, theta = 140 degrees",
        x: .pressure,
        y: .fraction, reference: "doi:10.1073/pnas.7.4.115")

    static let curves = [distribution, drainage, mercury]

    private static let hildebrand = "doi:10.1046/j.1365-2818.1997.1340694.x"
    private static let hilpert = "doi:10.1016/S0309-1708(00)00056-7"
}
