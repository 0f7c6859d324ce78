import Morphology
public import Volumes

/// The pores of a pore space and the throats between them; of the solid, its grains and their contacts.
public struct PoresAndThroats: Sendable, Equatable {
    /// By label, ascending.
    public let pores: [Pore]
    /// By the lesser label, then the greater.
    public let throats: [Throat]

    /// Measures the regions of a volume of labels, 0 between them, such as
    /// ``pores(of:within:prominence:)`` makes.
    ///
    /// A neighbour of label 0 is solid inside the field of view and boundary outside it. Sums are
    /// whole numbers, so the result is the same for any number of cores.
    ///
    /// - Parameters:
    ///   - regions: Labels inside the field of view, of a number that memory holds a record each for.
    ///   - squaredDistances: The squared distance to solid, of the same shape.
    ///   - fieldOfView: What belongs to the sample.
    /// - Complexity: Linear in voxels, one pass; some 600 bytes a label and 400 a throat.
    public init(
        _ regions: Volume<UInt32>, squaredDistances: Volume<UInt32>,
        within fieldOfView: FieldOfView = .all
    ) {
        let shape = regions.shape
        precondition(squaredDistances.shape == shape, "distances are those of the labelled voxels")
        // Parts by shape and not by cores; every sum over them is exact.
        let parts = min(shape.depth, 4)
        let sums = concurrentMap(count: parts) { part in
            RegionSums(
                of: (shape.depth * part / parts)..<(shape.depth * (part + 1) / parts),
                regions, squaredDistances, within: fieldOfView)
        }
        let total = sums.dropFirst().reduce(into: sums[0]) { $0.add($1) }
        throats = total.throats()
        pores = total.pores(joinedBy: throats, in: shape)
    }

    /// The pores of a pore space and their throats: ``pores(of:within:prominence:)``, measured. Of the
    /// complement of a pore space, its grains.
    ///
    /// - Parameters:
    ///   - pore: The pore space, of fewer than 2^32 - 1 voxels.
    ///   - fieldOfView: Which voxels belong to the sample.
    ///   - prominence: By how many voxels a widening stands out to be a pore of its own, not negative.
    /// - Complexity: Linear in voxels but for the inverse Ackermann function; eight bytes a voxel and
    ///   four a pore voxel.
    public init(of pore: Mask, within fieldOfView: FieldOfView = .all, prominence: Double) {
        let (regions, distances) = poresWithDistances(
            of: pore, within: fieldOfView, prominence: prominence)
        self.init(regions, squaredDistances: distances, within: fieldOfView)
    }

    /// The mean number of throats of a pore; `nil` without pores.
    public var meanCoordination: Double? {
        pores.isEmpty ? nil : 2 * Double(throats.count) / Double(pores.count)
    }
}
