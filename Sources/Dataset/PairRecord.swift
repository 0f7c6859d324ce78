public import Volumes

/// One place of a sample at low and at high resolution, on one lattice.
public struct PairRecord: Codable, Hashable, Sendable {
    /// The HDF5 file, relative to the workspace.
    public let file: String
    /// The LOW voxels inside it, of `region.shape`.
    public let lowDataset: String
    /// The HIGH voxels inside it, of `region.shape` times `scale`.
    public let highDataset: String
    /// HIGH voxels along an edge of a LOW voxel.
    public let scale: Int
    /// The box of the LOW scan that the pair covers, in its voxels.
    public let region: Region
    /// The edge lengths of a LOW voxel.
    public let voxelSize: VoxelSize?
    /// How the grey values of the two scans relate.
    public let greyFit: GreyFit?

    /// Gathers the facts.
    public init(
        file: String, lowDataset: String = "/low", highDataset: String = "/high", scale: Int,
        region: Region, voxelSize: VoxelSize?, greyFit: GreyFit? = nil
    ) {
        self.file = file
        self.lowDataset = lowDataset
        self.highDataset = highDataset
        self.scale = scale
        self.region = region
        self.voxelSize = voxelSize
        self.greyFit = greyFit
    }
}

/// The straight line `low = gain * high + offset` through the grey values of a pair.
public struct GreyFit: Codable, Hashable, Sendable {
    /// LOW grey levels for one HIGH grey level.
    public let gain: Double
    /// The LOW grey level where HIGH is zero.
    public let offset: Double
    /// The correlation of the two, -1...1.
    public let correlation: Double

    /// A line with its correlation.
    public init(gain: Double, offset: Double, correlation: Double) {
        self.gain = gain
        self.offset = offset
        self.correlation = correlation
    }

    /// The HIGH grey values that come to a range of LOW ones; `nil` unless brighter is brighter in both.
    public func high(of low: ClosedRange<Double>) -> ClosedRange<Double>? {
        guard gain > 0, gain.isFinite, offset.isFinite else { return nil }
        return ((low.lowerBound - offset) / gain)...((low.upperBound - offset) / gain)
    }
}
