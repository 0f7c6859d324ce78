/// Everything the catalog holds about one sample.
///
/// A sample on which a stage failed is a record too: what came before the failure is filled in, and
/// `stageRuns` says what happened.
public struct SampleRecord: Codable, Hashable, Sendable {
    /// The sample's name.
    public let id: SampleID
    /// The rock, in words.
    public let material: String
    /// HIGH voxels along an edge of a LOW voxel.
    public let scale: Int
    /// The part of the split; `nil` until the split is made.
    public var split: SplitRecord?
    /// At most one for each role.
    public var scans: [ScanRecord]
    /// The part of HIGH that belongs to the sample; `nil` for all of it.
    public var region: RegionRecord?
    /// How HIGH lies in LOW.
    public var registration: RegistrationRecord?
    /// The two on one lattice.
    public var pair: PairRecord?
    /// At most one for each role and grid.
    public var masks: [MaskRecord]
    /// At most one for each name, axis and source.
    public var parameters: [ParameterRecord]
    /// At most one for each name and axis.
    public var parameterGaps: [ParameterGapRecord]
    /// Regions of `pair`; empty without one.
    public var patches: [PatchRecord]
    /// The last run of each stage.
    public var stageRuns: [StageRunRecord]

    /// Gathers the facts.
    public init(
        id: SampleID, material: String, scale: Int, split: SplitRecord? = nil,
        scans: [ScanRecord] = [], region: RegionRecord? = nil,
        registration: RegistrationRecord? = nil, pair: PairRecord? = nil,
        masks: [MaskRecord] = [], parameters: [ParameterRecord] = [],
        parameterGaps: [ParameterGapRecord] = [], patches: [PatchRecord] = [],
        stageRuns: [StageRunRecord] = []
    ) {
        self.id = id
        self.material = material
        self.scale = scale
        self.split = split
        self.scans = scans
        self.region = region
        self.registration = registration
        self.pair = pair
        self.masks = masks
        self.parameters = parameters
        self.parameterGaps = parameterGaps
        self.patches = patches
        self.stageRuns = stageRuns
    }
}
