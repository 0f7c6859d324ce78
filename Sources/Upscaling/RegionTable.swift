public import SystemPackage
public import Volumes

/// What a survey of regions is to find, and where it goes.
public struct RegionOptions: Hashable, Sendable {
    /// The volume to write: a number for each voxel of the scan. A table of the same name that ends in
    /// `.json` lies beside it.
    public let map: FilePath
    /// The edge of the blocks that are ranked, about so many voxels of the scan.
    public var edge = 64
    /// How many blocks the table names.
    public var count = 20

    /// A survey by blocks of 64 voxels, of which 20 are named.
    public init(map: FilePath) { self.map = map }

    /// The table's file.
    public var table: FilePath {
        var table = map
        table.extension = "json"
        return table
    }
}

/// Where a network is unsure, or finds another porosity than interpolation does: the blocks of a scan
/// that a HIGH scan would tell most about, first.
public struct RegionTable: Hashable, Sendable, Codable {
    /// What blocks are ranked by.
    public enum Ranking: String, Hashable, Sendable, Codable {
        /// The deviation among the eight results of the self-ensemble.
        case spread
        /// How far the porosity is from that of the interpolated scan.
        case porosityChange = "porosity_change"
    }

    /// A block of the scan.
    public struct Block: Hashable, Sendable, Codable {
        /// From 1 on.
        public let rank: Int
        /// Its voxels, those of the scan.
        public let region: Region
        /// Its middle as (z, y, x) in micrometres from the corner of the scan, where the voxel size is
        /// known.
        public let centre: [Double]?
        /// The mean deviation among the eight results, the window of grey values being 1; `nil`
        /// without the ensemble.
        public let spread: Double?
        /// The share of pores in the result; `nil` where no grey value parts pores from solid.
        public let porosity: Double?
        /// The same of the scan, interpolated to the result's voxels.
        public let interpolatedPorosity: Double?

        enum CodingKeys: String, CodingKey {
            case rank, region, spread, porosity
            case centre = "centre_um"
            case interpolatedPorosity = "interpolated_porosity"
        }
    }

    /// What blocks are ranked by, and the map shows.
    public let ranking: Ranking
    /// Voxels of the result up to this grey value are pores: Otsu's threshold of the result.
    public let threshold: Double?
    /// The same for the scan.
    public let scanThreshold: Double?
    /// As in blocks, over everything.
    public let spread: Double?
    /// As in blocks, over everything.
    public let porosity: Double?
    /// As in blocks, over everything.
    public let interpolatedPorosity: Double?
    /// How many blocks there are.
    public let blockCount: Int
    /// The first of them by rank.
    public let blocks: [Block]

    enum CodingKeys: String, CodingKey {
        case threshold, spread, porosity, blocks
        case ranking = "ranked_by"
        case scanThreshold = "scan_threshold"
        case interpolatedPorosity = "interpolated_porosity"
        case blockCount = "block_count"
    }
}
