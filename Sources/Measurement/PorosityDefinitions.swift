extension PoreMeasurement {
    /// How much of the sample is pore space, and how much of that is connected:
    /// ``PorosityAccumulator``.
    public static let porosity = PoreMeasurement(
        // Runs take twelve bytes; a noisy mask has one for every six voxels or so.
        name: "porosity", ofSlices: ["porosity_total"], bytesPerVoxel: 2,
        parameters: PorosityDefinitions.all,
        accumulating: { shape, _, fieldOfView in
            try PorosityAccumulator(shape, within: fieldOfView)
        })
}

/// The porosities; components are those of ``ConnectedComponents`` across faces.
enum PorosityDefinitions {
    static let total = share(
        "porosity_total", "voxel-count", "All pore space: pore voxels over voxels in view.",
        "n(pore) / n(view)")
    static let connected = share(
        "porosity_connected", "faces-6",
        "Pore space of 6-connected components that reach the boundary of the field of view.",
        "n(components that touch the boundary) / n(view)")
    static let closed = share(
        "porosity_closed", "faces-6",
        "Pore space of 6-connected components that do not reach the boundary of the field of view.",
        "n(components that do not touch the boundary) / n(view)")
    static let largest = share(
        "porosity_largest_component", "faces-6",
        "Pore space of the 6-connected component of most voxels.",
        "n(largest component) / n(view)")
    static let percolating = share(
        "porosity_percolating", "faces-6",
        "Pore space of 6-connected components that reach both faces across the axis.",
        "n(components that touch both faces) / n(view)", hasAxis: true)
    static let count = ParameterDefinition(
        name: "pore_component_count", convention: "faces-6",
        meaning: "The 6-connected components of the pore space in view.",
        equation: "number of components", dimension: .number, reference: connectivity)

    static let all = [total, connected, closed, largest, percolating, count]

    private static let connectivity = "doi:10.1016/0734-189X(89)90147-3"

    private static func share(
        _ name: String, _ convention: String, _ meaning: String, _ equation: String,
        hasAxis: Bool = false
    ) -> ParameterDefinition {
        ParameterDefinition(
            name: name, convention: convention, meaning: meaning, equation: equation,
            dimension: .fraction,
            reference: convention == "faces-6" ? connectivity : "a count of voxels",
            hasAxis: hasAxis)
    }
}
