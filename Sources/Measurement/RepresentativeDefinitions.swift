extension PoreMeasurement {
    /// How boxes of each size differ: ``RepresentativeAccumulator``.
    public static let representative = PoreMeasurement(
        name: "representative", bytesPerVoxel: 1, curves: RepresentativeDefinitions.all,
        accumulating: { shape, voxelSize, fieldOfView in
            try RepresentativeAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// Means and standard deviations over boxes, against the edge of the boxes.
enum RepresentativeDefinitions {
    static let porosityMean = curve(
        "rev_porosity_mean", "boxes-side-by-side",
        "The mean porosity of boxes of an edge, from one voxel inside the field of view on.",
        "mean over boxes of n(pore) / n(box)", .fraction)
    static let porosityDeviation = curve(
        "rev_porosity_deviation", "boxes-side-by-side",
        "The standard deviation of the porosity of boxes of an edge.",
        "sqrt(sum over boxes of (phi - mean)^2 / (boxes - 1))", .fraction)
    static let surfaceMean = curve(
        "rev_surface_mean", "boxes-crofton-13",
        "The mean specific surface of boxes of an edge (in an image, the perimeter over area).",
        "mean over boxes of 2 sum_d w_d P_d(h) / h", .perLength)
    static let surfaceDeviation = curve(
        "rev_surface_deviation", "boxes-crofton-13",
        "The standard deviation of the specific surface of boxes of an edge.",
        "sqrt(sum over boxes of (S - mean)^2 / (boxes - 1))", .perLength)

    static let all = [porosityMean, porosityDeviation, surfaceMean, surfaceDeviation]

    private static func curve(
        _ name: String, _ convention: String, _ meaning: String, _ equation: String,
        _ y: UnitDimension
    ) -> CurveDefinition {
        CurveDefinition(
            name: name, convention: convention, meaning: meaning, equation: equation, x: .length,
            y: y, reference: "doi:10.1016/S0020-7683(03)00143-4")
    }
}
