import SystemPackage
import Volumes

/// What the several fields of an NRRD header say about the voxel size.
struct NRRDVoxelSize {
    private let path: FilePath
    private let fields: [String: String]
    /// The number of axes.
    private let dimension: Int

    init(_ path: FilePath, _ fields: [String: String], dimension: Int) {
        self.path = path
        self.fields = fields
        self.dimension = dimension
    }

    /// The voxel size: from `space directions` and `space units`, or from `spacings` and `units`.
    /// Without units lengths are millimetres, as ITK and 3D Slicer take them.
    func found(_ notes: inout [String]) throws(VolumeFileError) -> FoundVoxelSize? {
        if let text = fields["space directions"] {
            return try fromDirections(text, &notes)
        }
        guard let text = fields["spacings"] else { return nil }
        guard let edges = HeaderText.numbers(text), edges.count == dimension else {
            throw .malformed(path, problem: "spacings: \(text) is not one length per axis")
        }
        // NaN is the format's word for an unknown spacing.
        if edges.contains(where: \.isNaN) { return nil }
        return try size(
            edges: edges, ones: edges.allSatisfy { $0 == 1 }, unitKey: "units",
            key: "spacings", text: text, &notes)
    }

    private func fromDirections(
        _ text: String, _ notes: inout [String]
    ) throws(VolumeFileError) -> FoundVoxelSize? {
        let vectors = text.matches(of: /\(([^()]*)\)/).map { match in
            match.1.split(separator: ",").map { Double(HeaderText.trim($0)) }
        }
        let edges = vectors.map { vector in
            vector.reduce(0) { $0 + ($1 ?? .nan) * ($1 ?? .nan) }.squareRoot()
        }
        guard edges.count == dimension, !edges.contains(where: \.isNaN) else {
            throw .malformed(
                path, problem: "space directions: \(text) is not one vector per axis")
        }
        let isAligned = vectors.enumerated().allSatisfy { axis, vector in
            vector.enumerated().allSatisfy { $0.offset == axis || $0.element == 0 }
        }
        if !isAligned {
            notes.append("the header turns the axes (space directions); voxels are taken as stored")
        }
        return try size(
            edges: edges, ones: edges.allSatisfy { $0 == 1 }, unitKey: "space units",
            key: "space directions", text: text, &notes)
    }

    private func size(
        edges: [Double], ones: Bool, unitKey: String, key: String, text: String,
        _ notes: inout [String]
    ) throws(VolumeFileError) -> FoundVoxelSize? {
        let units = fields[unitKey].map { units in
            units.matches(of: /"([^"]*)"/).map { String($0.1) }
        }
        let scale: Double
        let unitText: String
        if let units, let first = units.first, !first.isEmpty {
            guard Set(units).count == 1, let known = LengthUnit.micrometres(in: first) else {
                notes.append(
                    """
                    the voxel size is in units tomopair does not know \
                    (\(unitKey): \(fields[unitKey] ?? "")) and is not taken
                    """)
                return nil
            }
            scale = known
            unitText = first
        } else if ones {
            notes.append("\(key): \(text) is what programs write for an unknown voxel size")
            return nil
        } else {
            scale = 1000
            unitText = "mm, as ITK takes it"
        }
        let lengths = edges.map { HeaderLength.micrometres($0, per: scale) }
        guard
            let size = VoxelSize(
                depthInMicrometres: lengths.last ?? 0, heightInMicrometres: lengths[1],
                widthInMicrometres: lengths[0])
        else { throw .malformed(path, problem: "\(key): \(text) is not a possible voxel size") }
        let name = path.lastComponent?.string ?? path.string
        return FoundVoxelSize(size, source: "\(name): \(key)=\(text) (\(unitText))")
    }
}
