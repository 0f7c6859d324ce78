public import Dataset
public import Volumes

/// Which patches of a catalog are learnt from, and where samples may be cut around each.
///
/// The catalog's patches say where the rock is good; the recipe says how large a sample is. Every good
/// patch is an anchor, and each epoch cuts one window at each anchor, at a place drawn anew each time:
/// along y and x the two overlap by half of the shorter of them at least, along z the window's middle
/// slice lies in the patch. A window always lies inside the union of the sample's good patches, so what
/// no patch covers is not learnt from.
public struct SamplePlan: Sendable {
    /// The part of the split.
    public let part: SplitPart
    /// The extents of a sample.
    public let geometry: PatchGeometry
    /// The HIGH voxels of a sample in a batch: slices as channels.
    public let highShape: Shape
    /// The samples of the part that have something to learn from, in order of their names.
    public let pairs: [TrainingPair]
    /// What is not used, and why, in order of the samples' names.
    public let leftOut: [LeftOut]
    let anchors: [Anchor]
    let regions: [GoodRegion]

    /// A good patch of a pair.
    struct Anchor: Sendable {
        let pair: Int32
        let patch: Int32
    }

    /// Flags of patches that are left out unless a recipe says otherwise: those that say the voxels
    /// are wrong.
    public static let flagsLeftOut: Set<PatchFlag> = [
        .constant, .mismatched, .outside, .saturated,
    ]

    /// Flags that say only that a patch alone teaches little. Left out, such a patch is no anchor, but
    /// windows around its neighbours may reach into it.
    static let harmlessFlags: Set<PatchFlag> = [.noPores, .noSolid]

    /// Plans for the samples of `part`.
    ///
    /// - Parameters:
    ///   - pairs: Of all parts; those of others only serve to check that no rock is in two parts.
    ///   - flags: Patches with one of them are left out.
    /// - Throws: ``PatchFeedError/emptyPart(_:)``,
    ///   ``PatchFeedError/mixedSplit(what:first:second:)``, ``PatchFeedError/nothingLeft(_:reasons:)``.
    public init(
        _ pairs: [TrainingPair], part: SplitPart, geometry: PatchGeometry,
        leavingOut flags: Set<PatchFlag> = flagsLeftOut
    ) throws(PatchFeedError) {
        let sorted = pairs.sorted { $0.sample < $1.sample }
        try Self.checkSplit(sorted)
        let wanted = sorted.filter { $0.split == part }
        guard !wanted.isEmpty else { throw .emptyPart(part) }
        var (kept, anchors, leftOut): ([TrainingPair], [Anchor], [LeftOut]) = ([], [], [])
        var regions: [GoodRegion] = []
        for pair in wanted {
            let choice = Choice(pair, geometry, leavingOut: flags)
            leftOut += choice.leftOut
            guard let region = choice.region, !choice.anchors.isEmpty else { continue }
            anchors += choice.anchors.map {
                Anchor(pair: Int32(kept.count), patch: Int32($0))
            }
            kept.append(pair)
            regions.append(region)
        }
        guard !anchors.isEmpty else { throw .nothingLeft(part, reasons: leftOut) }
        let depthScales = Set(kept.map { $0.lowShape.isImage ? 1 : geometry.scale })
        guard let depthScale = depthScales.first,
            depthScales.count == 1 || geometry.highSlices != .all
        else {
            throw .unfitGeometry(
                problem: "all HIGH slices of a LOW slice are wanted, but some pairs are images")
        }
        self.part = part
        highShape = geometry.highShape(depthScale: depthScale)
        self.geometry = geometry
        self.pairs = kept
        self.leftOut = leftOut
        self.anchors = anchors
        self.regions = regions
    }

    /// How many anchors there are: the samples of a full epoch.
    public var count: Int { anchors.count }

    /// The pair of an anchor, by its place in ``pairs``.
    func pairIndex(_ anchor: Int) -> Int { Int(anchors[anchor].pair) }

    /// The patch of an anchor.
    func patch(_ anchor: Int) -> (pair: TrainingPair, patch: PatchRecord) {
        let pair = pairs[Int(anchors[anchor].pair)]
        return (pair, pair.patches[Int(anchors[anchor].patch)])
    }

    /// The places of a sample's LOW voxels around an anchor.
    func windows(_ anchor: Int) -> Windows {
        regions[Int(anchors[anchor].pair)].windows(
            of: geometry.lowShape, around: patch(anchor).patch.region)
    }

    /// A file belongs to one sample, and a sample to one part.
    private static func checkSplit(_ pairs: [TrainingPair]) throws(PatchFeedError) {
        var ofSample: [SampleID: TrainingPair] = [:]
        var ofFile: [String: TrainingPair] = [:]
        for pair in pairs {
            if let other = ofSample.updateValue(pair, forKey: pair.sample),
                other.split != pair.split
            {
                throw .mixedSplit(what: "a name", first: other.sample, second: pair.sample)
            }
            if let other = ofFile.updateValue(pair, forKey: pair.pair.file),
                other.split != pair.split
            {
                throw .mixedSplit(
                    what: "the file \(pair.pair.file)", first: other.sample, second: pair.sample)
            }
        }
    }
}

/// What of one pair is learnt from.
private struct Choice {
    var anchors: [Int] = []
    var leftOut: [LeftOut] = []
    var region: GoodRegion?

    init(_ pair: TrainingPair, _ geometry: PatchGeometry, leavingOut flags: Set<PatchFlag>) {
        func leaveOut(_ patches: Int, _ reason: String) {
            leftOut.append(LeftOut(sample: pair.sample, patches: patches, reason: reason))
        }
        let patches = pair.patches
        guard !patches.isEmpty else {
            leaveOut(0, "the pair has no patches; it may be smaller than one")
            return
        }
        guard pair.pair.scale % geometry.scale == 0 else {
            leaveOut(
                patches.count,
                "the pair has scale \(pair.pair.scale), from which \(geometry.scale) cannot be made"
            )
            return
        }
        let (shape, size) = (pair.lowShape, geometry.lowShape)
        guard
            size.depth <= shape.depth && size.height <= shape.height && size.width <= shape.width
        else {
            leaveOut(
                patches.count,
                "a sample of \(size) LOW voxels does not fit in the pair's \(shape); take smaller patches in the recipe"
            )
            return
        }
        let good = patches.indices.filter { patches[$0].flags.isDisjoint(with: flags) }
        if good.count < patches.count {
            let found = Set(patches.flatMap(\.flags)).intersection(flags).sorted()
            leaveOut(
                patches.count - good.count,
                "flagged \(found.map(\.rawValue).joined(separator: ", "))")
        }
        let harmful = flags.subtracting(SamplePlan.harmlessFlags)
        let fit = patches.filter { $0.flags.isDisjoint(with: harmful) }
        let region = GoodRegion(
            of: shape, patches: fit.map(\.region),
            spoiled: patches.filter { !$0.flags.isDisjoint(with: harmful) }.map(\.region))
        anchors = good.filter {
            !region.windows(of: size, around: patches[$0].region).boxes.isEmpty
        }
        if anchors.count < good.count {
            leaveOut(
                good.count - anchors.count,
                "no window of \(size) LOW voxels around them lies in good patches alone; take smaller patches in the recipe, or larger ones in the manifest"
            )
        }
        self.region = region
    }
}
