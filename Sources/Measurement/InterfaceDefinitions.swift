extension PoreMeasurement {
    /// The surface between pore and solid: ``InterfaceAccumulator``.
    public static let interface = PoreMeasurement(
        name: "interface", bytesPerVoxel: 1, parameters: InterfaceDefinitions.all,
        accumulating: { shape, voxelSize, fieldOfView in
            try InterfaceAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// Surface, curvature and Euler number, of volumes and of images.
enum InterfaceDefinitions {
    static let surface = ParameterDefinition(
        name: "specific_surface", convention: "crofton-13-richardson",
        meaning: "Area of the surface between pore and solid over the volume in view.",
        equation: "2 sum_d w_d (2 P_d(h) / h - P_d(2h) / 2h), P = share of pairs that differ",
        dimension: .perLength, reference: "doi:10.1007/3-540-45782-8_12")
    static let marchingCubes = ParameterDefinition(
        name: "specific_surface_marching_cubes", convention: "lorensen-half",
        meaning: "Area of the triangles of marching cubes at half height over the volume in view.",
        equation: "sum_cells area(pattern) / volume", dimension: .perLength,
        reference: "doi:10.1145/37402.37422")
    static let curvature6 = curvature(
        "6", "crofton-13-planes-4",
        "Mean curvature summed over the surface, over the volume in view, positive where pores are "
            + "convex; pores are apart that meet at an edge or corner.")
    static let curvature26 = curvature(
        "26", "crofton-13-planes-8",
        "Mean curvature summed over the surface, over the volume in view, positive where pores are "
            + "convex; pores are joined that meet at an edge or corner.")
    static let eulerDensity6 = eulerDensity(
        "6", "Euler number over volume of pores joined across faces, solid across corners.",
        "(n(voxels) - n(edges) + n(squares) - n(cubes)) / volume, all corners pore")
    static let eulerDensity26 = eulerDensity(
        "26", "Euler number over volume of pores joined across corners, solid across faces.",
        "(n(corners) - n(edges) + n(squares) - n(voxels)) / volume, any voxel at them pore")
    static let eulerNumber6 = eulerNumber(
        "6", "faces-6",
        "Euler number of the pores in view, joined across faces, with solid around.",
        "n(voxels) - n(edges) + n(squares) - n(cubes), all corners pore")
    static let eulerNumber26 = eulerNumber(
        "26", "corners-26",
        "Euler number of the pores in view, joined across corners, with solid around.",
        "n(corners) - n(edges) + n(squares) - n(voxels), any voxel at them pore")
    static let perimeter = ParameterDefinition(
        name: "perimeter_density", convention: "crofton-4-richardson",
        meaning: "Length of the line between pore and solid over the area of an image.",
        equation: "pi/2 sum_d w_d (2 P_d(h) / h - P_d(2h) / 2h), P = share of pairs that differ",
        dimension: .perLength, reference: "doi:10.1007/3-540-45782-8_12")
    static let eulerArea4 = eulerArea(
        "4", "Euler number over area of the pores of an image, joined across edges.",
        "(n(pixels) - n(edges) + n(squares)) / area, all corners pore")
    static let eulerArea8 = eulerArea(
        "8", "Euler number over area of the pores of an image, joined across corners.",
        "(n(corners) - n(edges) + n(pixels)) / area, any pixel at them pore")

    static let all =
        [
            surface, marchingCubes, curvature6, curvature26, eulerDensity6, eulerDensity26,
            eulerNumber6,
            eulerNumber26, perimeter, eulerArea4, eulerArea8,
        ] + chords + AnisotropyDefinitions.all
    static let chords = ["pore", "solid"].map { phase in
        ParameterDefinition(
            name: "chord_length_\(phase)", convention: "crossings-richardson",
            meaning: "The mean length of chords of \(phase) along the axis: length of lines in "
                + "\(phase) over half the crossings.",
            equation:
                "2 share of \(phase) / (2 P(h) / h - P(2h) / 2h), P = share of pairs that differ",
            dimension: .length,
            reference: "doi:10.1103/PhysRevE.47.2950", hasAxis: true)
    }

    private static func curvature(
        _ neighbours: String, _ convention: String, _ meaning: String
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: "mean_curvature_density_\(neighbours)", convention: convention, meaning: meaning,
            equation: "2 pi sum_n w_n chi_A(n), chi_A = (convex - concave corners) / 4 / area",
            dimension: .perArea, reference: "doi:10.5566/ias.v28.p77-92")
    }

    private static func eulerDensity(
        _ neighbours: String, _ meaning: String, _ equation: String
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: "euler_density_\(neighbours)", convention: "cells-\(neighbours)",
            meaning: meaning, equation: equation, dimension: .perVolume,
            reference: "doi:10.5566/ias.v22.p11-19")
    }

    private static func eulerNumber(
        _ neighbours: String, _ convention: String, _ meaning: String, _ equation: String
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: "euler_number_\(neighbours)", convention: convention, meaning: meaning,
            equation: equation, dimension: .number, reference: "doi:10.1016/0734-189X(89)90147-3")
    }

    private static func eulerArea(
        _ neighbours: String, _ meaning: String, _ equation: String
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: "euler_per_area_\(neighbours)", convention: "cells-\(neighbours)",
            meaning: meaning, equation: equation, dimension: .perArea,
            reference: "doi:10.1007/3-540-45782-8_12")
    }
}
