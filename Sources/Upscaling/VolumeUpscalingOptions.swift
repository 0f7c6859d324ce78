public import Volumes

/// How a scan is upscaled.
public struct VolumeUpscalingOptions: Hashable, Sendable {
    /// How grey values are normalised, and back.
    public let grey: GreyScale
    /// The output's number format.
    public var elementType = Volumes.ElementType.uint16
    /// What slices may take beside the network's features, in bytes: of the scan, between the z step
    /// and the network, and of the result.
    public var memoryInBytes = 1 << 30
    /// The size of the scan's voxels, in place of what the scan says.
    public var voxelSize: VoxelSize?

    /// A survey of where the network is unsure, or changes the porosity most; nil for none. With the
    /// self-ensemble blocks are ranked by the deviation among its results, without it by porosity.
    public var regions: RegionOptions?

    /// 16 bits, in 1 GiB.
    public init(grey: GreyScale) { self.grey = grey }
}

/// What upscaling a scan gave.
public struct UpscaledVolume: Hashable, Sendable {
    /// The output's extent.
    public let shape: Shape
    /// Its number format.
    public let elementType: Volumes.ElementType
    /// Its voxel size, where the scan's is known.
    public let voxelSize: VoxelSize?
    /// How images were cut up.
    public let tiles: TileChoice
    /// Voxels that did not fit the number format.
    public let clipped: GreyScale.Clipped
    /// The survey, if there was one.
    public let regions: RegionTable?
    /// Slices that an earlier run had finished.
    public let resumedAt: Int
    /// What the user should know.
    public let notes: [String]
}
