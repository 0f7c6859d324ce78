import Dataset
import Foundation
import ImageMetrics
import Networks
import PatchFeed
import Resizing
import Torch
import TrainingRecipe
import Volumes

/// The samples that a network is judged by while it learns: patches of the catalog's validation part,
/// as they were scanned.
struct Validation {
    private let batches: [Batch]
    private let scale: Int
    /// What bicubic interpolation comes to on the same voxels.
    let bicubic: [String: Double]

    /// Patches enough to tell networks apart, and few enough to wait for.
    static let samples = 64

    private struct Batch {
        let low: Tensor
        /// The LOW slice in the middle of each sample.
        let lowImages: Volume<Float>
        /// The HIGH slices to find, those of a sample behind one another.
        let high: Volume<Float>
        /// The grey value between pore and solid of every HIGH slice; `nil` for one without a mask.
        let thresholds: [Float?]
    }

    init(
        _ plan: SamplePlan, volumes: StagedPairs, batch size: Int, seed: UInt64, device: Device
    ) throws {
        var settings = FeedSettings(seed: seed, batch: size, epochs: 1)
        settings.samplesPerEpoch = min(Self.samples, plan.count)
        settings.dropsRest = false
        settings.threads = 0
        settings.buffers = 1
        let feed = try PatchFeed(
            plan, volumes: volumes, preparation: AsScanned(), settings: settings)
        let thresholds = Dictionary(
            uniqueKeysWithValues: plan.pairs.map { ($0.sample, $0.normalisedThreshold) })
        scale = plan.geometry.scale
        var batches: [Batch] = []
        while let batch = try feed.next() {
            batches.append(
                try batch.withVoxels { low, high in
                    Batch(
                        low: try Tensor(
                            low, shape: [batch.count] + batch.lowShape.image, on: device),
                        lowImages: Volume(middleOf: low, batch.count, batch.lowShape),
                        high: Volume(
                            shape: batch.highShape.withDepth(batch.count * batch.highShape.depth),
                            voxels: high.indices.map { high[$0] }),
                        thresholds: batch.places.flatMap {
                            Array(
                                repeating: thresholds[$0.sample] ?? nil,
                                count: batch.highShape.depth)
                        })
                })
            batch.release()
        }
        self.batches = batches
        bicubic = try Self.judge(batches, border: scale) { batch in
            batch.lowImages.resized(
                height: batch.high.shape.height, width: batch.high.shape.width,
                by: Resizing.Interpolation.bicubic
            ).repeated(batch.high.shape.depth / batch.lowImages.shape.depth)
        }
    }

    /// PSNR, SSIM and the mean error of the porosity, by the names of ``JudgedBy``.
    func judge(_ network: any SuperResolutionNetwork) throws -> [String: Double] {
        try Self.judge(batches, border: max(scale, network.outputMargin)) { batch in
            let made = try Scope.inference { () throws(TorchError) in
                try network(batch.low, training: false)
            }
            let margin = network.outputMargin
            let whole =
                margin == 0
                ? made
                : try made.padded(margin, with: .replicate)
            let numbers = try whole.floats()
            return Volume(shape: batch.high.shape, voxels: numbers)
        }
    }

    private static func judge(
        _ batches: [Batch], border: Int, _ made: (Batch) throws -> Volume<Float>
    ) throws -> [String: Double] {
        var (squares, similarity, images) = (0.0, 0.0, 0)
        var errors: [Double] = []
        for batch in batches {
            let image = try made(batch)
            let pair = try ImagePair(image, reference: batch.high, border: border)
            let count = batch.high.shape.depth
            squares += pair.meanSquaredError * Double(count)
            similarity += try pair.structuralSimilarity(.gaussian7()) * Double(count)
            images += count
            for (index, threshold) in batch.thresholds.enumerated() {
                guard let threshold else { continue }
                errors.append(
                    abs(
                        image.share(slice: index, upTo: threshold)
                            - batch.high.share(slice: index, upTo: threshold)))
            }
        }
        let mean = squares / Double(images)
        var values = [
            JudgedBy.psnr.rawValue: -10 * log10(mean),
            JudgedBy.ssim.rawValue: similarity / Double(images),
        ]
        if !errors.isEmpty {
            values[JudgedBy.porosity.rawValue] = errors.reduce(0, +) / Double(errors.count)
        }
        return values
    }
}

extension TrainingPair {
    /// HIGH's grey value between pore and solid, normalised by its window; `nil` without a mask of it.
    fileprivate var normalisedThreshold: Float? {
        guard let mask, mask.role == .high, let window = highWindow,
            let threshold = mask.thresholds.first
        else { return nil }
        return Float((threshold - window.lowerBound) / (window.upperBound - window.lowerBound))
    }
}

extension Volume where Element == Float {
    /// The middle one of the slices of every sample.
    fileprivate init(middleOf numbers: Span<Float>, _ count: Int, _ sample: Shape) {
        let slice = sample.sliceCount
        var voxels: [Float] = []
        voxels.reserveCapacity(count * slice)
        for index in 0..<count {
            let start = index * sample.count + sample.depth / 2 * slice
            let middle = numbers.extracting(start..<(start + slice))
            for i in 0..<slice { voxels.append(middle[i]) }
        }
        self.init(shape: sample.withDepth(count), voxels: voxels)
    }

    /// Every slice so many times over.
    fileprivate func repeated(_ times: Int) -> Volume<Float> {
        guard times > 1 else { return self }
        let slice = shape.sliceCount
        let copies = (0..<(shape.depth * times)).flatMap { index in
            array[(index / times * slice)..<((index / times + 1) * slice)]
        }
        return Volume(shape: shape.withDepth(shape.depth * times), voxels: copies)
    }

    /// The share of a slice's voxels that are at most `threshold`.
    fileprivate func share(slice: Int, upTo threshold: Float) -> Double {
        let count = shape.sliceCount
        return withVoxels { voxels in
            let values = voxels.extracting((slice * count)..<((slice + 1) * count))
            var below = 0
            for i in 0..<count where values[i] <= threshold { below += 1 }
            return Double(below) / Double(count)
        }
    }
}
