public import Volumes

/// What speaks against using a patch.
public enum PatchFlag: String, Codable, Sendable, CaseIterable, Comparable {
    /// Every voxel of one of the two sides has one value.
    case constant
    /// LOW and HIGH disagree more than in the rest of the pair.
    case mismatched
    /// The mask holds no pore voxel.
    case noPores = "no_pores"
    /// The mask holds no solid voxel.
    case noSolid = "no_solid"
    /// Part of it lies outside the region of interest.
    case outside
    /// More than one voxel in twenty is at the end of the scale.
    case saturated

    /// In order of their names.
    public static func < (left: PatchFlag, right: PatchFlag) -> Bool {
        left.rawValue < right.rawValue
    }
}

/// A training-sized region of a pair.
public struct PatchRecord: Codable, Hashable, Sendable {
    /// Where it is, in LOW voxels counted from the first voxel of the pair; times the pair's scale
    /// for the HIGH voxels.
    public let region: Region
    /// The porosity of the mask inside it, 0...1.
    public let porosity: Double?
    /// What speaks against using it; empty for a good one.
    public let flags: Set<PatchFlag>
    /// The degradations recorded for it.
    public let degradations: [DegradationRecord]

    /// Gathers the facts.
    public init(
        region: Region, porosity: Double?, flags: Set<PatchFlag> = [],
        degradations: [DegradationRecord] = []
    ) {
        self.region = region
        self.porosity = porosity
        self.flags = flags
        self.degradations = degradations
    }

    /// The patch's name in the catalog, as in `plug-1/z0-y16-x32`: the same on every machine.
    public func id(in sample: SampleID) -> String {
        "\(sample)/z\(region.z)-y\(region.y)-x\(region.x)"
    }
}

/// One draw of a patch's degradation.
public struct DegradationRecord: Codable, Hashable, Sendable {
    /// The seed it was drawn from, from zero.
    public let seed: Int
    /// What was drawn, by name.
    public let values: [String: Double]

    /// A seed with what it gave.
    public init(seed: Int, values: [String: Double]) {
        self.seed = seed
        self.values = values
    }
}
