public import Volumes

/// Two scans of a rock that is known exactly.
public struct SimulatedSample: Sendable {
    /// The coarse scan, in its own grey values.
    public let low: Volume<UInt16>
    /// The fine scan of a part, in its own grey values.
    public let high: Volume<UInt16>
    /// The pores on the grid of `high`: true where a voxel's centre lies in neither grain, cement
    /// nor clay.
    public let truePores: Mask
    /// Takes a point of `high` to `low`, in micrometres.
    public let transform: SpatialTransform
    /// The fraction of true voxels in ``truePores``.
    public let porosity: Double
    /// What was simulated.
    public let settings: SimulationSettings
    /// What it was drawn from.
    public let seed: UInt64
}
