extension PoreMeasurement {
    /// Two-point correlation and correlation lengths: ``TwoPointAccumulator``.
    public static let twoPoint = PoreMeasurement(
        name: "two_point", bytesPerVoxel: 1,
        parameters: [TwoPointDefinitions.integral, TwoPointDefinitions.decay],
        curves: [TwoPointDefinitions.axis, TwoPointDefinitions.radial],
        accumulating: { shape, voxelSize, fieldOfView in
            try TwoPointAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// The two-point correlation and lengths taken from it.
enum TwoPointDefinitions {
    static let axis = CurveDefinition(
        name: "two_point_correlation", convention: "pairs-in-view",
        meaning: "The share of pairs of voxels so far apart along the axis that are both pore.",
        equation: "S2(r) = n(pairs of pores r apart) / n(pairs r apart), r = 0...64 voxels",
        x: .length, y: .fraction, reference: "doi:10.1007/978-1-4757-6355-3", hasAxis: true)
    static let radial = CurveDefinition(
        name: "two_point_correlation_radial", convention: "directions-13-cubic",
        meaning:
            "The share of pairs of places so far apart, in all directions, that are both pore.",
        equation: "S2(r) = sum_d w_d S2_d(r), S2_d by cubics between lags of direction d",
        x: .length, y: .fraction, reference: "doi:10.1007/978-1-4757-6355-3")
    static let integral = ParameterDefinition(
        name: "correlation_length_integral", convention: "s2-to-first-zero",
        meaning: "The area under the correlation of the axis, up to where it first is 0, or up to "
            + "lag 64 if it is below 1/20 there.",
        equation: "integral of (S2(r) - phi^2) / (phi - phi^2) dr", dimension: .length,
        reference: "doi:10.1007/978-1-4757-6355-3", hasAxis: true)
    static let decay = ParameterDefinition(
        name: "correlation_length_decay", convention: "s2-first-1/e",
        meaning: "Where the correlation of the axis first falls to 1/e.",
        equation: "(S2(r) - phi^2) / (phi - phi^2) = 1/e", dimension: .length,
        reference: "doi:10.1007/978-1-4757-6355-3", hasAxis: true)
}
