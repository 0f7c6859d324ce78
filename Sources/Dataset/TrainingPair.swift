public import Volumes

/// What training needs to know of one sample: where its pair lies, how its grey values are normalised,
/// and which places are fit to learn from.
public struct TrainingPair: Codable, Hashable, Sendable {
    /// The sample.
    public let sample: SampleID
    /// The rock, in words.
    public let material: String
    /// The part of the split that all of the sample belongs to.
    public let split: SplitPart
    /// The file, its datasets and the lattice.
    public let pair: PairRecord
    /// Whether LOW was scanned, or simulated from HIGH.
    public let lowOrigin: ScanOrigin
    /// The extent of the whole LOW scan that the pair is a box of, in voxels.
    public let lowScanShape: Shape
    /// The LOW grey values that normalisation maps to 0 and 1.
    public let lowWindow: ClosedRange<Double>?
    /// The HIGH grey values that normalisation maps to 0 and 1: those that LOW's window comes to by the
    /// line between both scans' grey values, so that rock has one number in both. Windows of the
    /// scans' own would set another line for every sample, which no network can tell from LOW alone.
    public let highWindow: ClosedRange<Double>?
    /// The pore mask on the pair's HIGH voxels, if there is one.
    public let mask: MaskRecord?
    /// The patches, in order of z, y, x, the flagged ones among them.
    public let patches: [PatchRecord]

    /// Gathers the facts.
    public init(
        sample: SampleID, material: String, split: SplitPart, pair: PairRecord,
        lowOrigin: ScanOrigin, lowScanShape: Shape, lowWindow: ClosedRange<Double>?,
        highWindow: ClosedRange<Double>?, mask: MaskRecord? = nil, patches: [PatchRecord]
    ) {
        self.sample = sample
        self.material = material
        self.split = split
        self.pair = pair
        self.lowOrigin = lowOrigin
        self.lowScanShape = lowScanShape
        self.lowWindow = lowWindow
        self.highWindow = highWindow
        self.mask = mask
        self.patches = patches
    }

    /// The extent of the pair's LOW voxels.
    public var lowShape: Shape { pair.region.shape }

    /// HIGH slices for one LOW slice: the scale, or one where the pair is an image.
    public var depthScale: Int { lowShape.isImage ? 1 : pair.scale }

    /// The extent of the pair's HIGH voxels.
    public var highShape: Shape {
        Shape(
            depth: lowShape.depth * depthScale, height: lowShape.height * pair.scale,
            width: lowShape.width * pair.scale)
    }

    /// Where the sample turned while it was scanned, as (y, x) in LOW voxels from the corner of the
    /// pair; it may lie outside of the pair.
    ///
    /// Scanners do not store it, so it is taken to be the middle of the LOW scan's slices, where
    /// reconstructions put it. It is wrong for a LOW scan that was cropped off-centre.
    public var assumedRotationCentre: SIMD2<Double> {
        SIMD2(
            Double(lowScanShape.height) / 2 - Double(pair.region.y),
            Double(lowScanShape.width) / 2 - Double(pair.region.x))
    }
}
