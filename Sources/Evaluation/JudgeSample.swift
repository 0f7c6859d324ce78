import ImageMetrics
public import Upscaling
public import Volumes

/// Judges every method by one sample.
public struct SampleJudge {
    /// How.
    public let settings: EvaluationSettings
    /// HIGH voxels left out at the edges of slices: the scale, or what the network leaves off if more.
    public let border: Int
    private let enlargement: Enlargement

    /// Takes a network by what it makes of slices.
    ///
    /// - Parameters:
    ///   - margin: HIGH pixels at each side that the network does not find by itself.
    ///   - slices: Which slices the network takes together.
    ///   - network: Normalised slices, enlarged `scale` times along y and x; they come with the
    ///     neighbours that the network sees, of which every `spacing`-th is as thick as a LOW slice away.
    public init(
        scale: Int, margin: Int = 0, settings: EvaluationSettings = .init(),
        slices: SliceUse = .one,
        network: @escaping (_ slices: Volume<Float>, _ spacing: Int) throws -> Volume<Float>
    ) {
        self.settings = settings
        border = max(scale, margin)
        enlargement = Enlargement(scale: scale, sliceUse: slices, network: network)
    }

    /// Compares images and measures pore spaces, with HIGH and each method's volume in memory one after
    /// the other.
    ///
    /// - Parameters:
    ///   - threshold: The catalog's between pore and grain, in grey values of HIGH; without one nothing
    ///     is measured.
    ///   - progress: Told which part is done, 0...1; what it throws ends the work.
    /// - Throws: ``EvaluationError``, what reading throws, and what the network throws.
    public func callAsFunction(
        _ scans: PairScans, threshold: Double?, progress: (Double) throws -> Void = { _ in }
    ) throws -> SampleJudgement {
        precondition(scans.scale == enlargement.scale, "a network meets pairs of its scale")
        let made = enlargement.sliceUse.made
        guard made == 1 || made == scans.depthScale else {
            throw EvaluationError.otherSlices(scans.sample, made: made, found: scans.depthScale)
        }
        let shape = scans.highShape
        guard min(shape.height, shape.width) >= 2 * border + 7 else {
            throw EvaluationError.tooSmall(scans.sample, shape, border: border)
        }
        let slabs = try SampleSlabs(
            scans, bytesPerVoxel: Self.bytesPerVoxel(settings),
            memoryInBytes: settings.memoryInBytes)
        let choice = try threshold.flatMap { try self.choice(around: $0, scans, slabs) }
        let sweep = choice.map { PoreSweep($0, scans, settings) }
        let judgedSlices = (0..<scans.lowShape.depth).map {
            $0 * scans.depthScale + (settings.highSlices == .middle ? scans.depthScale / 2 : 0)
        }
        let middle = scans.lowShape.depth / 2
        var judgement = SampleJudgement(
            sample: scans.sample, highShape: shape, judgedSlices: judgedSlices, border: border,
            thresholds: choice, slabDepth: slabs.depth,
            scene: Scene(of: scans, lowSlice: middle, slice: judgedSlices[middle]),
            settings: settings)

        var done = 0.0
        let methods = EnlargingMethod.allCases
        for low in slabs.pieces {
            let piece = Piece(low: low, scans, halo: settings.denoising.halo)
            let high = try finite(scans.high(piece.extended), scans, "HIGH")
            let targets = targets(piece, in: high, scans)
            judgement.scene.takeImage(of: nil, targets, piece)
            if let sweep {
                let denoised = denoised(high, piece)
                try judgement.high.take(denoised, sweep, isWhole: slabs.isWhole, slabs.depth)
                judgement.scene.takePores(of: nil, denoised, piece, sweep)
            }
            for method in methods {
                let images = try finite(
                    enlargement.slices(low, of: scans, by: method), scans, method.title)
                try judgement.images[method, default: .init()].take(
                    images, targets, border: border)
                judgement.scene.takeImage(of: method, images, piece)
                if let sweep {
                    // An image has no z step.
                    let volume =
                        scans.lowShape.isImage
                        ? images
                        : try finite(
                            enlargement.volume(piece.extended, of: scans, by: method), scans,
                            method.title)
                    let denoised = denoised(volume, piece)
                    try judgement.pores[
                        method, default: .init(sweep.thresholds)
                    ].take(denoised, sweep, isWhole: slabs.isWhole, slabs.depth)
                    judgement.scene.takePores(of: method, denoised, piece, sweep)
                }
                done += Double(low.count) / Double(methods.count)
                try progress(done / Double(scans.lowShape.depth))
            }
        }
        judgement.parameters = sweep?.parameters ?? []
        return judgement
    }
}

extension SampleJudge {
    /// Bytes for a HIGH voxel in memory: HIGH and a method's volume with what filters and networks take
    /// beside them, and the masks of a sweep.
    ///
    /// It does not ask how many cores there are, so that results do not either.
    static func bytesPerVoxel(_ settings: EvaluationSettings) -> Int {
        7 * MemoryLayout<Float>.size + PoreSweep.bytesPerVoxel(settings)
    }

    /// The thresholds around the catalog's; `nil` where all of HIGH lies on one side of it.
    private func choice(
        around threshold: Double, _ scans: PairScans, _ slabs: SampleSlabs
    ) throws -> ThresholdChoice? {
        var counts = GreyCounts()
        for low in slabs.pieces {
            let high = try scans.high(
                low.lowerBound * scans.depthScale..<low.upperBound * scans.depthScale)
            counts.add(try finite(high, scans, "HIGH"))
        }
        guard let medians = counts.medians(around: scans.limit(of: threshold)) else { return nil }
        func grey(_ value: Double) -> Double {
            let window = scans.highWindow
            return window.lowerBound + value * (window.upperBound - window.lowerBound)
        }
        let (dark, bright) = (grey(medians.below), grey(medians.above))
        return settings.porePhase == .darker
            ? ThresholdChoice(centre: threshold, pore: dark, grain: bright)
            : ThresholdChoice(centre: threshold, pore: bright, grain: dark)
    }

    /// What the network was to find in the LOW slices of a piece.
    private func targets(
        _ piece: Piece, in high: Volume<Float>, _ scans: PairScans
    ) -> Volume<Float> {
        let count = high.shape.sliceCount
        let (depth, first) = (scans.depthScale, piece.slices.lowerBound - piece.extended.lowerBound)
        let highSlices = settings.highSlices
        return high.withVoxels { source in
            Volume(
                shape: high.shape.withDepth(piece.low.count), voxelSize: high.voxelSize,
                fillingSlicesConcurrently: { z, slice in
                    let block = first + z * depth
                    switch highSlices {
                    case .middle:
                        let start = (block + depth / 2) * count
                        let voxels = source.extracting(start..<(start + count))
                        for index in 0..<count { slice[index] = voxels[index] }
                    case .mean:
                        for k in 0..<depth {
                            let start = (block + k) * count
                            let voxels = source.extracting(start..<(start + count))
                            for index in 0..<count {
                                slice[index] += voxels[index] / Float(depth)
                            }
                        }
                    }
                })
        }
    }

    /// The slices of a piece as thresholds meet them.
    private func denoised(_ extended: Volume<Float>, _ piece: Piece) -> Volume<Float> {
        let first = piece.slices.lowerBound - piece.extended.lowerBound
        return extended.denoised(by: settings.denoising).cropped(
            to: Region(
                z: first, y: 0, x: 0, shape: extended.shape.withDepth(piece.slices.count)))
    }

    /// The volume, if all of it is numbers.
    private func finite(
        _ volume: Volume<Float>, _ scans: PairScans, _ what: String
    ) throws(EvaluationError) -> Volume<Float> {
        let isFinite = concurrentMap(count: volume.shape.depth) { z in
            volume.withVoxels { voxels in
                let count = volume.shape.sliceCount
                let slice = voxels.extracting((z * count)..<((z + 1) * count))
                var isFinite = true
                for index in slice.indices where !slice[index].isFinite { isFinite = false }
                return isFinite
            }
        }
        guard isFinite.allSatisfy({ $0 }) else { throw .notFinite(scans.sample, what: what) }
        return volume
    }
}

/// Slices that are in memory together.
struct Piece {
    /// In LOW.
    let low: Range<Int>
    /// In HIGH.
    let slices: Range<Int>
    /// With the neighbours that a filter asks for, as far as there are any.
    let extended: Range<Int>

    init(low: Range<Int>, _ scans: PairScans, halo: Int) {
        self.low = low
        slices = low.lowerBound * scans.depthScale..<low.upperBound * scans.depthScale
        extended =
            max(
                slices.lowerBound - halo, 0)..<min(slices.upperBound + halo, scans.highShape.depth)
    }
}

extension SampleJudgement.ImageFigures {
    /// Compares further slices.
    fileprivate mutating func take(
        _ images: Volume<Float>, _ targets: Volume<Float>, border: Int
    ) throws {
        let pair = try ImagePair(images, reference: targets, border: border)
        squaredErrors += pair.meanSquaredErrorOfSlices
        similarities += try pair.structuralSimilarityOfSlices(.gaussian7())
        let shape = pair.image.shape
        guard min(shape.height, shape.width) >= StructuralSimilarity.matlab().window else { return }
        let similarity = try pair.multiScaleSimilarity()
        multiScale += similarity.slices
        scales = similarity.levels
    }
}

extension SampleJudgement.PoreFigures {
    /// Measures further slices.
    fileprivate mutating func take(
        _ volume: Volume<Float>, _ sweep: PoreSweep, isWhole: Bool, _ slabDepth: Int
    ) throws {
        let depth = volume.shape.depth
        if isWhole { whole = try sweep.slabs(volume, depth: depth) }
        let starts = stride(from: 0, to: depth, by: slabDepth)
        slabs.append(
            try sweep.slabs(volume, depth: slabDepth),
            depths: starts.map { min(slabDepth, depth - $0) })
        slices.append(
            try sweep.slices(volume), depths: [Int](repeating: 1, count: depth))
    }
}
