extension PoreMeasurement {
    /// Chord lengths and lineal path functions: ``ChordAccumulator``.
    public static let chords = PoreMeasurement(
        name: "chords", bytesPerVoxel: 1,
        curves: ChordDefinitions.chords + ChordDefinitions.linealPath,
        accumulating: { shape, voxelSize, fieldOfView in
            try ChordAccumulator(shape, voxelSize: voxelSize, within: fieldOfView)
        })
}

/// Curves of chords, of pore and of solid.
enum ChordDefinitions {
    static let chords = ["pore", "solid"].map { phase in
        CurveDefinition(
            name: "chord_length_distribution_\(phase)", convention: "complete-chords",
            meaning: "The share of chords of \(phase) along the axis that are so long, among those "
                + "whose both ends are in view; all lines of voxels are taken.",
            equation: "p(l) = n(runs of l voxels) / n(runs)", x: .length, y: .fraction,
            reference: "doi:10.1103/PhysRevE.47.2950", hasAxis: true)
    }
    static let linealPath = ["pore", "solid"].map { phase in
        CurveDefinition(
            name: "lineal_path_\(phase)", convention: "segments-in-view",
            meaning: "The share of segments so long along the axis that lie in \(phase), from the "
                + "centre of a voxel to that of another.",
            equation: "L(r) = n(segments in \(phase)) / n(segments)", x: .length, y: .fraction,
            reference: "doi:10.1103/PhysRevA.45.922", hasAxis: true)
    }
}
