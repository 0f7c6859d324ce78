import Morphology
public import Volumes

/// Specks taken out of a mask: bits of solid afloat in pore space, and bits of pore shut up in
/// solid.
///
/// A **hole** is a connected part of the solid, by the 26 neighbours of a voxel (8 in an image); an
/// **island** is a connected part of the pore space, by its 6 neighbours (4), so that the two can
/// never cross. Holes are filled first, and islands are told by what is pore then: a speck of pore
/// inside a hole joins the pore around it. A volume of 0 leaves that kind alone.
public struct CleanUp: Codable, Sendable, Hashable {
    /// Parts of the solid of fewer voxels than this become pore.
    public let holesBelowVoxels: Int
    /// Parts of the pore space of fewer voxels than this become solid.
    public let islandsBelowVoxels: Int
    /// Whether parts that touch the field of view's boundary are kept, as only a piece of them may
    /// be in view. If not, they are judged by what is seen, as
    /// `skimage.morphology.remove_small_holes` and `remove_small_objects` do.
    public let sparesBoundary: Bool

    /// A clean-up by volume.
    public init(
        holesBelowVoxels: Int = 0, islandsBelowVoxels: Int = 0, sparesBoundary: Bool = true
    ) {
        self.holesBelowVoxels = holesBelowVoxels
        self.islandsBelowVoxels = islandsBelowVoxels
        self.sparesBoundary = sparesBoundary
    }

    /// Reads what is given; a key left out has the value it has in a clean-up that says nothing of
    /// it.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            holesBelowVoxels: try container.decodeIfPresent(Int.self, forKey: .holesBelowVoxels)
                ?? 0,
            islandsBelowVoxels: try container.decodeIfPresent(
                Int.self, forKey: .islandsBelowVoxels) ?? 0,
            sparesBoundary: try container.decodeIfPresent(Bool.self, forKey: .sparesBoundary)
                ?? true)
    }

    /// What a clean-up took out.
    public struct Removed: Codable, Sendable, Hashable {
        /// Parts of the solid that became pore.
        public internal(set) var holes = 0
        /// The voxels in them.
        public internal(set) var holeVoxels = 0
        /// Parts of the pore space that became solid.
        public internal(set) var islands = 0
        /// The voxels in them.
        public internal(set) var islandVoxels = 0

        private enum CodingKeys: String, CodingKey {
            case holes, islands
            case holeVoxels = "hole_voxels"
            case islandVoxels = "island_voxels"
        }
    }

    /// Changes a mask in place; voxels outside the field of view stay as they are and connect
    /// nothing.
    ///
    /// - Throws: ``SegmentationError`` if a volume is negative or the field of view misses the
    ///   mask.
    /// - Complexity: Linear in voxels; a byte a voxel and twelve bytes a run beside the mask.
    public func callAsFunction(
        _ mask: inout Mask, within fieldOfView: FieldOfView = .all
    ) throws(SegmentationError) -> Removed {
        try check()
        guard fieldOfView.bounds(in: mask.shape) != nil else {
            throw .fieldOfViewOutside(fieldOfView, mask.shape)
        }
        var removed = Removed()
        if holesBelowVoxels > 1 {
            var solid = mask
            solid.forEachSliceConcurrently { _, slice in
                for place in 0..<slice.count { slice[place] = !slice[place] }
            }
            let parts = ConnectedComponents(
                of: solid, connectivity: .facesEdgesAndCorners, within: fieldOfView)
            (removed.holes, removed.holeVoxels) = move(
                parts, below: holesBelowVoxels, in: &mask, toPore: true)
        }
        if islandsBelowVoxels > 1 {
            let parts = ConnectedComponents(of: mask, connectivity: .faces, within: fieldOfView)
            (removed.islands, removed.islandVoxels) = move(
                parts, below: islandsBelowVoxels, in: &mask, toPore: false)
        }
        return removed
    }

    func check() throws(SegmentationError) {
        for volume in [holesBelowVoxels, islandsBelowVoxels] where volume < 0 {
            throw .cleanUpOutOfRange(volume)
        }
    }

    /// Gives the small parts to the other phase and counts them and their voxels.
    private func move(
        _ parts: ConnectedComponents, below limit: Int, in mask: inout Mask, toPore: Bool
    ) -> (parts: Int, voxels: Int) {
        let components = parts.components
        let isSmall = components.map {
            $0.voxelCount < limit && !(sparesBoundary && $0.touchesBoundary)
        }
        var (count, voxels) = (0, 0)
        for (index, part) in components.enumerated() where isSmall[index] {
            count += 1
            voxels += part.voxelCount
        }
        if count == 0 { return (0, 0) }
        let shape = mask.shape
        mask.withMutableVoxels { voxels in
            parts.forEachRun { z, y, columns, part in
                guard isSmall[part] else { return }
                let row = (z * shape.height + y) * shape.width
                for x in columns { voxels[row + x] = toPore }
            }
        }
        return (count, voxels)
    }

    private enum CodingKeys: String, CodingKey {
        case holesBelowVoxels = "holes_below_voxels"
        case islandsBelowVoxels = "islands_below_voxels"
        case sparesBoundary = "spares_boundary"
    }
}
