import Dataset
import Foundation
import Randomness
import Volumes

/// The samples of a run: what comes at (epoch, index) is a function of the seed alone.
struct SampleStream: Sendable {
    let plan: SamplePlan
    /// Samples of an epoch.
    let length: Int
    private let scannedShare: Double
    private let orderSeed: UInt64
    private let placeSeed: UInt64
    private let preparationSeed: UInt64
    private let pairs: [PairVoxels]

    init(
        plan: SamplePlan, volumes: StagedPairs, seed: UInt64, length: Int, scannedShare: Double
    ) throws(PatchFeedError) {
        self.plan = plan
        self.length = length
        self.scannedShare = scannedShare
        // Numbers of their own for each purpose: a preparation that draws more moves no window.
        var seeds = SplitMix64(seed: seed)
        orderSeed = seeds.next()
        placeSeed = seeds.next()
        preparationSeed = seeds.next()
        pairs = try plan.pairs.map { pair throws(PatchFeedError) in
            try PairVoxels(pair, volumes, plan.geometry)
        }
    }

    func order(of epoch: Int) -> EpochOrder {
        EpochOrder(seed: orderSeed, epoch: epoch, count: plan.count, length: length)
    }

    private func generator(_ seed: UInt64, _ epoch: Int, _ index: Int) -> Philox4x32 {
        precondition(epoch < 1 << 24 && index < 1 << 40, "streams are numbered in 64 bits")
        return Philox4x32(seed: seed, stream: UInt64(epoch) << 40 | UInt64(index))
    }

    /// The numbers that belong to the preparation of a sample.
    func preparationGenerator(epoch: Int, index: Int) -> Philox4x32 {
        generator(preparationSeed, epoch, index)
    }

    /// Of the first n samples of an epoch the share, rounded down, is scanned.
    private func source(_ index: Int) -> PatchSource {
        let (before, after) = (Double(index) * scannedShare, Double(index + 1) * scannedShare)
        return after.rounded(.down) > before.rounded(.down) ? .scanned : .degraded
    }

    /// The place of a sample; `order` is that of its epoch.
    func place(_ index: Int, in order: EpochOrder) -> PatchPlace {
        let anchor = order[index]
        let (pair, patch) = plan.patch(anchor)
        let windows = plan.windows(anchor)
        var generator = generator(placeSeed, order.epoch, index)
        let low = windows[generator.uniformIndex(below: windows.count)]
        return PatchPlace(
            epoch: order.epoch, index: index, sample: pair.sample, anchor: patch.region, low: low,
            source: source(index),
            rotationCentre: pair.assumedRotationCentre - SIMD2(Double(low.y), Double(low.x)))
    }

    /// The voxels of the pair that sample `index` lies in.
    func voxels(_ index: Int, in order: EpochOrder) -> PairVoxels {
        pairs[plan.pairIndex(order[index])]
    }
}

/// A pair's voxels and how samples are read from them.
struct PairVoxels: Sendable {
    private let low: StagedVolume
    private let high: StagedVolume
    private let lowNormalisation: Normalisation
    private let highNormalisation: Normalisation
    private let geometry: PatchGeometry
    /// HIGH slices of the pair for a LOW slice.
    private let depthScale: Int
    /// HIGH voxels of the pair for one of the sample, along y and x.
    private let binning: Int
    /// The same along z.
    private let depthBinning: Int
    private let lowVoxelSize: VoxelSize?
    private let highVoxelSize: VoxelSize?

    init(
        _ pair: TrainingPair, _ volumes: StagedPairs, _ geometry: PatchGeometry
    ) throws(PatchFeedError) {
        guard let staged = volumes.volumes[pair.sample] else { throw .notStaged(pair.sample) }
        guard let lowNormalisation = pair.lowWindow.flatMap(Normalisation.init) else {
            throw .noWindow(pair.sample, .low)
        }
        guard let highNormalisation = pair.highWindow.flatMap(Normalisation.init) else {
            throw .noWindow(pair.sample, .high)
        }
        (low, high) = staged
        self.lowNormalisation = lowNormalisation
        self.highNormalisation = highNormalisation
        self.geometry = geometry
        depthScale = pair.depthScale
        binning = pair.pair.scale / geometry.scale
        depthBinning = pair.lowShape.isImage ? 1 : binning
        lowVoxelSize = pair.pair.voxelSize
        let factors = SIMD3(
            Double(depthScale / depthBinning), Double(geometry.scale), Double(geometry.scale))
        highVoxelSize = lowVoxelSize.flatMap { size in
            let edges = size.vector / factors
            return VoxelSize(
                depthInMicrometres: edges[0], heightInMicrometres: edges[1],
                widthInMicrometres: edges[2])
        }
    }

    /// HIGH slices of a sample for a LOW slice, if each is wanted.
    private var targetDepthScale: Int { depthScale / depthBinning }

    private func lowReading(_ region: Region, margin: Int) -> BoxReading {
        BoxReading(
            z: region.z, y: region.y - margin, x: region.x - margin,
            shape: grown(geometry.lowShape, by: margin), depthBinning: 1, binning: 1,
            normalisation: lowNormalisation)
    }

    private func highReading(_ region: Region, margin: Int) -> BoxReading {
        let first = (region.z + geometry.lowSlices / 2) * depthScale
        let (start, depthBinning) =
            switch geometry.highSlices {
            case .middle: (first + targetDepthScale / 2 * self.depthBinning, self.depthBinning)
            case .mean: (first, depthScale)
            case .all: (first, self.depthBinning)
            }
        let scale = geometry.scale * binning
        return BoxReading(
            z: start, y: (region.y - margin) * scale, x: (region.x - margin) * scale,
            shape: grown(
                geometry.highShape(depthScale: targetDepthScale), by: margin * geometry.scale),
            depthBinning: depthBinning, binning: binning, normalisation: highNormalisation)
    }

    private func blockReading(_ region: Region, margin: Int) -> BoxReading {
        let scale = geometry.scale * binning
        let edge = (geometry.lowEdge + 2 * margin) * geometry.scale
        return BoxReading(
            z: region.z * depthScale, y: (region.y - margin) * scale,
            x: (region.x - margin) * scale,
            shape: Shape(
                depth: geometry.lowSlices * targetDepthScale, height: edge, width: edge),
            depthBinning: depthBinning, binning: binning, normalisation: highNormalisation)
    }

    private func grown(_ shape: Shape, by margin: Int) -> Shape {
        Shape(
            depth: shape.depth, height: shape.height + 2 * margin, width: shape.width + 2 * margin)
    }

    /// Writes a scanned pair straight into its places in a batch.
    func read(
        _ region: Region, low lowTarget: inout MutableSpan<Float>,
        high highTarget: inout MutableSpan<Float>
    ) {
        low.read(lowReading(region, margin: 0), into: &lowTarget)
        high.read(highReading(region, margin: 0), into: &highTarget)
    }

    /// A sample for a preparation.
    func sample(_ place: PatchPlace) -> PatchSample {
        let margin = geometry.margin
        let isScanned = place.source == .scanned
        return PatchSample(
            place: place, geometry: geometry,
            low: isScanned
                ? volume(low, lowReading(place.low, margin: margin), lowVoxelSize) : nil,
            high: volume(high, highReading(place.low, margin: margin), highVoxelSize),
            block: isScanned
                ? nil : volume(high, blockReading(place.low, margin: margin), highVoxelSize))
    }

    private func volume(
        _ source: StagedVolume, _ reading: BoxReading, _ voxelSize: VoxelSize?
    ) -> Volume<Float> {
        var volume = Volume<Float>(shape: reading.shape, voxelSize: voxelSize, repeating: 0)
        volume.withMutableVoxels { source.read(reading, into: &$0) }
        return volume
    }
}
