import Morphology
public import Volumes

/// What parts pores from each other.
public enum PorePartition: String, Codable, Sendable, CaseIterable {
    /// Maxima of the distance to solid that stand out; see ``pores(of:within:prominence:)``.
    case prominence
    /// SNOW's peaks, flooded inside the pore space (Gostick 2017, doi:10.1103/PhysRevE.96.023307).
    case snow
    /// The regions of PoreSpy 2.4, voxel by voxel: SNOW's peaks, flooded through solid.
    case porespy

    /// The pores of a pore space, parted so.
    ///
    /// - Parameters:
    ///   - pore: The pore space, of fewer than 2^31 voxels.
    ///   - fieldOfView: Which voxels belong to the sample; PoreSpy knows none, and takes the others for
    ///     solid.
    ///   - prominence: By how many voxels a widening stands out to be a pore of its own, not negative;
    ///     SNOW has rules of its own.
    /// - Returns: Labels 1...count, 0 outside the pores.
    /// - Complexity: Linear in voxels but for the inverse Ackermann function; some twelve bytes a voxel.
    public func regions(
        of pore: Mask, within fieldOfView: FieldOfView = .all, prominence: Double = 1
    ) -> (volume: Volume<UInt32>, count: Int) {
        switch self {
        case .prominence: pores(of: pore, within: fieldOfView, prominence: prominence)
        case .snow: pores(of: pore, within: fieldOfView, snow: SnowSettings())
        case .porespy: snowRegions(of: pore)
        }
    }
}

extension PoresAndThroats {
    /// The pores of a pore space and their throats, or of its complement the grains, parted by a rule.
    ///
    /// - Parameters:
    ///   - pore: The pore space, of fewer than 2^31 voxels.
    ///   - fieldOfView: Which voxels belong to the sample.
    ///   - partition: What parts them.
    ///   - prominence: As of ``PorePartition/regions(of:within:prominence:)``.
    /// - Complexity: As of the regions; four bytes a voxel more.
    public init(
        of pore: Mask, within fieldOfView: FieldOfView = .all, partedBy partition: PorePartition,
        prominence: Double = 1
    ) {
        if partition == .prominence {
            // Its distances need not be found twice.
            self.init(of: pore, within: fieldOfView, prominence: prominence)
        } else {
            let regions = partition.regions(
                of: pore, within: fieldOfView, prominence: prominence)
            self.init(
                regions.volume,
                squaredDistances: squaredDistanceTransform(of: pore, within: fieldOfView),
                within: fieldOfView)
        }
    }
}
