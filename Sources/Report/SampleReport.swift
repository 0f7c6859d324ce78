/// What the report says of one sample.
public struct SampleReport: Sendable {
    /// The sample's name.
    public let id: String
    /// What it is made of.
    public let material: String
    /// Its part of the split, as in `train`; `nil` before the split.
    public let split: String?
    /// Why it is in that part.
    public let splitReason: String?
    /// How each stage ended, in the order they run.
    public let stages: [StageReport]
    /// Its scans, LOW first.
    public let scans: [ScanReport]
    /// The part of HIGH that belongs to the sample; `nil` for all of it.
    public let region: RegionReport?
    /// How HIGH was laid over LOW.
    public let registration: RegistrationReport?
    /// Its pair, once there is one.
    public let pair: PairReport?
    /// How pores were told from solid.
    public let segmentation: SegmentationReport?
    /// The porosities that the summary shows.
    public let porosity: Porosity
    /// All parameters, laboratory's and computed.
    public let parameters: [ParameterReport]
    /// What was looked for in vain, and why.
    public let gaps: [ParameterGapReport]
    /// How many patches were cut; `nil` before they are.
    public let patches: Int?
    /// Pictures, in the order to be shown.
    public let pictures: [ReportPicture]

    /// A sample of these facts.
    public init(
        id: String, material: String, split: String? = nil, splitReason: String? = nil,
        stages: [StageReport], scans: [ScanReport] = [], region: RegionReport? = nil,
        registration: RegistrationReport? = nil,
        pair: PairReport? = nil, segmentation: SegmentationReport? = nil,
        porosity: Porosity = Porosity(), parameters: [ParameterReport] = [],
        gaps: [ParameterGapReport] = [], patches: Int? = nil, pictures: [ReportPicture] = []
    ) {
        self.id = id
        self.material = material
        self.split = split
        self.splitReason = splitReason
        self.stages = stages
        self.scans = scans
        self.region = region
        self.registration = registration
        self.pair = pair
        self.segmentation = segmentation
        self.porosity = porosity
        self.parameters = parameters
        self.gaps = gaps
        self.patches = patches
        self.pictures = pictures
    }

    /// Porosities as fractions of the volume, each where known.
    public struct Porosity: Hashable, Sendable {
        /// All pore space, computed from the mask.
        public let total: Double?
        /// The pore space that is connected, computed from the mask.
        public let connected: Double?
        /// What the laboratory measured.
        public let laboratory: Double?

        /// The porosities known.
        public init(
            total: Double? = nil, connected: Double? = nil, laboratory: Double? = nil
        ) {
            self.total = total
            self.connected = connected
            self.laboratory = laboratory
        }

        /// Those that can be drawn.
        var values: [Double] {
            [total, connected, laboratory].compactMap(\.self)
                .filter { $0.isFinite && (0...1).contains($0) }
        }
    }
}

/// How a stage ended for one sample.
public struct StageReport: Hashable, Sendable {
    /// The stage, as in `register`.
    public let name: String
    /// How it ended.
    public let outcome: Outcome
    /// Why it failed or was left out.
    public let message: String?

    /// A stage with its end.
    public init(name: String, outcome: Outcome, message: String? = nil) {
        self.name = name
        self.outcome = outcome
        self.message = message
    }

    /// The ways a stage can end.
    public enum Outcome: String, Hashable, Sendable {
        /// Its outputs are there.
        case done
        /// It stopped with an error, which the message tells.
        case failed
        /// It was left out, for the reason in the message.
        case skipped
        /// It has not run yet.
        case pending
    }
}

/// A picture of a sample with the words under it.
public struct ReportPicture: Hashable, Sendable {
    /// What is seen.
    public let caption: String
    /// The picture itself.
    public let content: Content

    /// A picture and its caption.
    public init(caption: String, content: Content) {
        self.caption = caption
        self.content = content
    }

    /// A drawn picture, encoded.
    public init(_ picture: DrawnPicture) throws(ReportError) {
        self.init(caption: picture.caption, content: .png(try picture.image.png()))
    }

    /// The kinds of picture a page can hold.
    public enum Content: Hashable, Sendable {
        /// The bytes of a PNG file.
        case png([UInt8])
        /// A diagram.
        case drawing(SVGDrawing)
    }
}
