/// Two scans of a rock, before they are made.
public struct PhantomSettings: Hashable, Sendable {
    /// Voxels along an edge of HIGH.
    public var highEdge = 256
    /// Voxels along an edge of LOW.
    public var lowEdge = 96
    /// The edge of LOW's voxels in those of HIGH, as the scans' headers tell it.
    public var ratio = 4.0
    /// Whether both scans are images of one slice.
    public var isImage = false
    /// The edge of HIGH's voxels, in micrometres.
    public var highVoxel = 2.0
    /// The median diameter of a grain, in voxels of LOW.
    public var grainInLowVoxels = 7.0
    /// How HIGH is turned.
    public var pose = PhantomPose()
    /// The share of HIGH in LOW.
    public var overlap = 1.0
    /// What LOW's instrument adds.
    public var lowFlaws = ScanFlaws()
    /// What HIGH's instrument adds.
    public var highFlaws = ScanFlaws()
    /// The standard deviation of LOW's blur, in voxels of LOW.
    public var lowBlur = 0.45
    /// The standard deviation of HIGH's blur, in voxels of HIGH.
    public var highBlur = 0.6
    /// Fine voxels along an edge of LOW's.
    public var lowSupersampling = 4
    /// Fine voxels along an edge of HIGH's.
    public var highSupersampling = 1
    /// Whether the grains lie on a lattice and are all alike.
    public var isLattice = false
    /// The radius of a plug about the middle of LOW in LOW's voxels, with air around it; rock
    /// everywhere if `nil`.
    public var plugRadiusInLowVoxels: Double?
    /// Whether HIGH shows a part of the rock that LOW does not reach: the wrong depth.
    public var isElsewhere = false
    /// Whether HIGH shows another rock altogether.
    public var isOtherRock = false

    /// Noise of 0.08 of the contrast in LOW and 0.15 in HIGH; nothing else is wrong.
    public init() {
        lowFlaws.noise = 0.08
        highFlaws.noise = 0.15
    }
}
