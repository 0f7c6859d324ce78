import Dataset
import Degradation
import PatchFeed
import TrainingRecipe
import Volumes

/// What was drawn for one training sample: with its place enough to make it again.
struct DrawnSample: Hashable, Sendable, Codable {
    /// How LOW came out of HIGH; `nil` for a scanned pair.
    let degradation: Degradation?
    /// What was done to both; `nil` for nothing.
    let augmentation: PairAugmentation?
}

/// Degrades HIGH and augments pairs as a recipe says.
struct SamplePreparation: PatchPreparation {
    private let augmentation: PairAugmentationRanges?
    private let facts: [SampleID: ScanFacts]

    /// What a scanner's faults depend on.
    private struct ScanFacts: Sendable {
        let profile: DegradationProfile
        let fieldRadius: Double
        let window: ClosedRange<Double>
    }

    /// - Parameters:
    ///   - profile: Of the degradation; a fit is one to stored grey values, and seen through the windows
    ///     of each sample.
    ///   - pairs: With the windows of their grey values.
    init(
        _ recipe: DataRecipe, profile: DegradationProfile, pairs: [TrainingPair],
        geometry: PatchGeometry
    ) {
        augmentation = PairAugmentationRanges(recipe.augmentation, geometry)
        facts = Dictionary(
            uniqueKeysWithValues: pairs.map { pair in
                let scan = pair.lowScanShape
                return (
                    pair.sample,
                    ScanFacts(
                        profile: profile.normalised(for: pair),
                        fieldRadius: Double(max(scan.height, scan.width)) / 2,
                        window: pair.lowWindow ?? 0...65_535)
                )
            })
    }

    var leavesPairsAlone: Bool { augmentation == nil }

    func prepare(
        _ sample: inout PatchSample, using generator: inout some RandomNumberGenerator
    ) throws -> DrawnSample {
        let scale = sample.geometry.scale
        var drawn: Degradation?
        if sample.place.source == .degraded, let block = sample.block,
            let facts = facts[sample.place.sample]
        {
            let made = facts.profile.draw(
                scale: scale, place: place(of: sample, facts), greys: greys(of: block, facts),
                using: &generator)
            sample.low = made.low(of: block, scale: scale)
            drawn = made
        }
        let change = augmentation?.draw(scale: scale, using: &generator)
        if let change, let low = sample.low {
            (sample.low, sample.high) = change.apply(low: low, high: sample.high, scale: scale)
        }
        return DrawnSample(degradation: drawn, augmentation: change)
    }

    private func place(of sample: PatchSample, _ facts: ScanFacts) -> ScanPlace {
        let margin = Double(sample.geometry.margin)
        return ScanPlace(
            axisRow: sample.place.rotationCentre[0] + margin,
            axisColumn: sample.place.rotationCentre[1] + margin, fieldRadius: facts.fieldRadius)
    }

    private func greys(of block: Volume<Float>, _ facts: ScanFacts) -> ScanGreys {
        let window = facts.window
        let mean = block.withVoxels { voxels in
            var sum = 0.0
            for index in 0..<voxels.count { sum += Double(voxels[index]) }
            return sum / Double(voxels.count)
        }
        // The window's lower end is taken for air; a patch of pore alone is hardly brighter.
        return ScanGreys(
            air: 0, mean: max(mean, 0.05), windowLow: window.lowerBound,
            windowHigh: window.upperBound, bits: window.upperBound > 255 ? 16 : 8)
    }
}

extension DegradationProfile {
    /// A fit to stored grey values, seen through the windows of a sample; others as they are.
    fileprivate func normalised(for pair: TrainingPair) -> DegradationProfile {
        guard case .fitted(let fit) = self, let low = pair.lowWindow, let high = pair.highWindow
        else { return self }
        return .fitted(fit.normalised(low: low, high: high))
    }
}

extension PairAugmentationRanges {
    /// What a recipe allows; `nil` for nothing.
    fileprivate init?(_ recipe: AugmentationRecipe, _ geometry: PatchGeometry) {
        guard recipe != .none else { return nil }
        // Of an even number of HIGH slices the one just past the middle is found, which in reversed
        // LOW slices would be the one just before it.
        let hasMiddle = geometry.highSlices != .middle || geometry.scale % 2 == 1
        self.init(
            flips: recipe.flips, turns: recipe.turns,
            reversesSlices: geometry.lowSlices == 1 || hasMiddle,
            moveProbability: recipe.shifts ? 0.3 : 0,
            detourProbability: recipe.resizing ? 0.2 : 0, blurProbability: recipe.blur ? 0.2 : 0,
            noiseProbability: recipe.noise ? 0.2 : 0)
    }
}

extension Degradation {
    /// LOW of the HIGH voxels behind its slices.
    ///
    /// A scanner sees all of a LOW slice; what is made for pictures shrinks means over its thickness.
    fileprivate func low(of block: Volume<Float>, scale: Int) -> Volume<Float> {
        switch self {
        case .tomography, .fitted: apply(to: block)
        case .classic, .realESRGAN, .bsrgan:
            apply(to: block.shape.isImage ? block : block.averaged(slices: scale))
        }
    }
}

extension Volume where Element == Float {
    /// Means over each `count` slices.
    fileprivate func averaged(slices count: Int) -> Volume<Float> {
        let (slice, depth) = (shape.sliceCount, shape.depth / count)
        var means = [Float](repeating: 0, count: depth * slice)
        var target = means.mutableSpan
        withVoxels { voxels in
            for z in 0..<depth {
                var row = target._mutatingExtracting((z * slice)..<((z + 1) * slice))
                for k in 0..<count {
                    let start = (z * count + k) * slice
                    let source = voxels.extracting(start..<(start + slice))
                    for i in 0..<slice { row[i] += source[i] / Float(count) }
                }
            }
        }
        return Volume(shape: shape.withDepth(depth), voxels: means)
    }
}
