import Dataset
import Foundation
import ImageMetrics
import Measurement
import Resizing
import Segmentation
import Testing
import Upscaling
import Volumes

@testable import Evaluation

@Suite struct `Judging a sample` {
    /// One slice, so that every HIGH slice is what a network of two dimensions is to find.
    private static let slice = SyntheticPair.rock(Shape(depth: 1, height: 48, width: 56))

    private func bicubic(_ slices: Volume<Float>) -> Volume<Float> {
        slices.resized(
            height: slices.shape.height * 4, width: slices.shape.width * 4,
            by: AntialiasedFilter.bicubic)
    }

    @Test func `finds nothing wrong with a network that finds HIGH`() throws {
        let pair = SyntheticPair(high: Self.slice.repeated(32))
        let judgement = try pair.judged { Self.slice.repeated($0.shape.depth) }
        let images = try #require(judgement.images[.sr])
        #expect(images.psnr == .infinity)
        #expect(abs(images.ssim - 1) < 1e-6)
        #expect(abs(try #require(images.msSSIM) - 1) < 1e-6)
        #expect(images.similarities.count == 8)
        for parameter in judgement.parameters {
            let sweep = try #require(try judgement.sweep(parameter, .sr))
            #expect(sweep.meanBias == 0, "\(parameter.key)")
            #expect(sweep.meanRelativeError ?? 0 == 0, "\(parameter.key)")
        }
        let other = try #require(judgement.images[.bicubic])
        #expect(other.psnr < 40 && other.ssim < 0.999)
    }

    /// LOW slices that tell their number by their first voxel.
    private static var numbered: SyntheticPair {
        let pair = SyntheticPair(high: SyntheticPair.rock())
        var low = pair.low
        for z in 0..<low.shape.depth { low[z, 0, 0] = Float(z) }
        return SyntheticPair(low: low, high: pair.high, scale: pair.scale)
    }

    @Test func `shows a network of several slices the neighbours, and takes all that it makes`()
        throws
    {
        let pair = Self.numbered
        let depth = pair.low.shape.depth
        let judge = SampleJudge(scale: 4, slices: SliceUse(seen: 3, made: 4)) { slices, spacing in
            #expect(spacing == 1)
            let numbers = (0..<slices.shape.depth).map { Int(slices[$0, 0, 0]) }
            for (before, number) in zip(numbers, numbers.dropFirst()) {
                #expect(number - before == 1 || number == 0 || before == depth - 1)
            }
            // The slices of HIGH that lie in those asked for.
            let asked = numbers.dropFirst().dropLast()
            let count = pair.high.shape.sliceCount
            return Volume(
                shape: pair.high.shape.withDepth(asked.count * 4),
                voxels: asked.flatMap { pair.high.array[($0 * 4 * count)..<($0 * 4 + 4) * count] })
        }
        let judgement = try judge(try pair.scans(), threshold: SyntheticPair.threshold)
        #expect(try #require(judgement.images[.sr]).psnr == .infinity)
        for parameter in judgement.parameters {
            #expect(try judgement.sweep(parameter, .sr)?.meanBias == 0, "\(parameter.key)")
        }
        let flat = SyntheticPair(high: Self.slice)
        #expect(throws: EvaluationError.self) {
            try judge(try flat.scans(), threshold: SyntheticPair.threshold)
        }
    }

    @Test func `shows a network that sees several slices those a LOW slice apart`() throws {
        let pair = SyntheticPair(high: SyntheticPair.rock())
        let judge = SampleJudge(scale: 4, slices: SliceUse(seen: 5, made: 1)) { slices, spacing in
            let reach = 2 * spacing
            let shape = slices.shape.withDepth(slices.shape.depth - 2 * reach)
            return bicubic(slices.cropped(to: Region(z: reach, y: 0, x: 0, shape: shape)))
        }
        let judgement = try judge(try pair.scans(), threshold: SyntheticPair.threshold)
        #expect(judgement.images[.sr] == judgement.images[.bicubic])
        for parameter in judgement.parameters {
            #expect(try judgement.sweep(parameter, .sr) == judgement.sweep(parameter, .bicubic))
        }
    }

    @Test(arguments: [
        Shape(depth: 32, height: 48, width: 56), Shape(depth: 1, height: 40, width: 44),
    ])
    func `gives a network that is bicubic the figures of bicubic`(shape: Shape) throws {
        let pair = SyntheticPair(high: SyntheticPair.rock(shape))
        let judgement = try pair.judged(by: bicubic)
        #expect(judgement.images[.sr] == judgement.images[.bicubic])
        #expect(judgement.images[.sr] != judgement.images[.lanczos])
        for parameter in judgement.parameters {
            #expect(
                try judgement.sweep(parameter, .sr) == judgement.sweep(parameter, .bicubic))
            #expect(
                try judgement.slabSweep(parameter, .sr)
                    == judgement.slabSweep(parameter, .bicubic))
        }
    }

    @Test(arguments: [(12, 2.0 / 56, 0.2), (7, -3.0 / 56, 0.3), (10, 0.0, 0.0)])
    func `tells a known bias with its sign and size`(
        columns: Int, bias: Double, error: Double
    ) throws {
        func stripes(_ columns: Int) -> Volume<Float> {
            Volume(
                shape: Shape(depth: 1, height: 48, width: 56),
                voxels: (0..<48).flatMap { _ in
                    (0..<56).map { (20..<(20 + columns)).contains($0) ? Float(0.1) : 0.9 }
                })
        }
        var settings = EvaluationSettings()
        settings.denoising = .none
        let pair = SyntheticPair(high: stripes(10).repeated(32))
        let judgement = try pair.judged(settings) { stripes(columns).repeated($0.shape.depth) }
        let sweep = try #require(try judgement.sweep(try totalPorosity(judgement), .sr))
        #expect(sweep.rows.count == 7)
        #expect(abs(try #require(sweep.meanBias) - bias) < 1e-12)
        #expect(abs(try #require(sweep.meanRelativeError) - error) < 1e-12)
        // Slabs are alike, so drawing them anew changes nothing.
        let record = try EvaluationRecord.Error(judgement, try totalPorosity(judgement), .sr)
        let interval = try #require(record.slabs.biasInterval)
        #expect(abs(interval[0] - bias) < 1e-12 && abs(interval[1] - bias) < 1e-12)
    }

    @Test func `compares with the middle slice of each LOW slice, or the mean of all`() throws {
        // Slice k is of the grey value k.
        let high = Volume(
            shape: Shape(depth: 8, height: 24, width: 24),
            voxels: (0..<8).flatMap { [Float](repeating: Float($0) / 10, count: 24 * 24) })
        let pair = SyntheticPair(high: high)
        for (slices, expected) in [
            (EvaluationSettings.HighSlices.middle, [Float(0.2), 0.6]), (.mean, [0.15, 0.55]),
        ] {
            var settings = EvaluationSettings()
            settings.highSlices = slices
            let judgement = try pair.judged(settings, threshold: nil) { low in
                let values = low.shape.depth == 2 ? expected : []
                return Volume(
                    shape: Shape(depth: low.shape.depth, height: 24, width: 24),
                    voxels: values.flatMap { [Float](repeating: $0, count: 24 * 24) })
            }
            let errors = try #require(judgement.images[.sr]).squaredErrors
            #expect(errors.allSatisfy { $0 < 1e-12 }, "\(slices)")
            #expect(judgement.judgedSlices == (slices == .middle ? [2, 6] : [0, 4]))
            #expect(judgement.parameters.isEmpty)
        }
    }

    @Test func `measures the same slabs whether all fits into memory or not`() throws {
        let pair = SyntheticPair(high: SyntheticPair.rock(Shape(depth: 64, height: 40, width: 40)))
        let whole = try pair.judged(by: bicubic)
        var settings = EvaluationSettings()
        settings.memoryInBytes = whole.slabDepth * 1600 * SampleJudge.bytesPerVoxel(settings)
        let inPieces = try pair.judged(settings, by: bicubic)
        #expect(whole.isMeasuredWhole && !inPieces.isMeasuredWhole)
        #expect(whole.slabDepth == 16)
        #expect(inPieces.images == whole.images)
        for parameter in whole.parameters {
            for method in EnlargingMethod.allCases {
                #expect(
                    try inPieces.slabSweep(parameter, method)
                        == whole.slabSweep(parameter, method), "\(parameter.key) \(method)")
            }
        }
        #expect(inPieces.scene.high == whole.scene.high)
        #expect(inPieces.scene.pores == whole.scene.pores)
    }

    @Test func `says the same twice`() throws {
        let pair = SyntheticPair(high: SyntheticPair.rock())
        let records = try (0..<2).map { _ in
            try [pair.judged(by: bicubic)].flatMap { judgement in
                try EnlargingMethod.allCases.map { try EvaluationRecord.Entry(judgement, $0) }
            }
        }
        #expect(records[0] == records[1])
    }

    @Test func `takes pores for what is brighter where they are`() throws {
        let high = SyntheticPair.rock()
        let dark = try SyntheticPair(high: high).judged(by: bicubic)
        var settings = EvaluationSettings()
        settings.porePhase = .brighter
        let bright = try SyntheticPair(high: high.map { 1 - $0 }).judged(settings, by: bicubic)
        let (one, other) = try (dark, bright).0.mapPorosity(bright)
        #expect(zip(one, other.reversed()).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func `counts a whole grey value at the threshold as pore`() throws {
        // Half of the voxels have the very grey value of the threshold, 2000.
        let high = Volume(
            shape: Shape(depth: 1, height: 32, width: 32),
            voxels: (0..<1024).map { $0 % 2 == 0 ? Float(0.5) : 0.9 })
        var settings = EvaluationSettings()
        settings.denoising = .none
        let judgement = try SyntheticPair(high: high).judged(settings, isWhole: true, by: bicubic)
        let centre = try #require(ThresholdChoice.steps.firstIndex(of: 0))
        let porosity = judgement.high.slabs[try totalPorosity(judgement).key]
        #expect(porosity.mean(at: centre) == 0.5)
        #expect(porosity.mean(at: centre - 1) == 0)
    }

    @Test func `puts the thresholds around the catalog's by the distance of the phases`() throws {
        let pair = SyntheticPair(high: SyntheticPair.rock())
        let choice = try #require(try pair.judged(by: bicubic).thresholds)
        #expect(choice.values.count == 7 && choice.values[3] == 2000)
        #expect(choice.pore < 1600 && choice.grain > 2400)
        let reach = 0.225 * (choice.grain - choice.pore)
        #expect(abs(choice.values[0] - (2000 - reach)) < 1e-9)
        #expect(abs(choice.values[6] - (2000 + reach)) < 1e-9)
    }

    @Test func `shows a quantity as soon as it is measured`() throws {
        var settings = EvaluationSettings()
        settings.measurements.append(
            PoreMeasurement(name: "corner", ofSlices: ["corner"], bytesPerVoxel: 0) { mask, _ in
                PoreFindings(parameters: [
                    MeasuredParameter(
                        name: "corner", value: mask[0, 0, 0] ? 2 : 1, unit: "1", axis: .x,
                        convention: "first-voxel")
                ])
            })
        let judgement = try SyntheticPair(high: SyntheticPair.rock()).judged(settings, by: bicubic)
        #expect(judgement.parameters.first?.name == "porosity_total")
        #expect(judgement.parameters.last?.key == "corner x")
        let entry = try EvaluationRecord.Entry(judgement, .sr)
        #expect(entry.parameters.count { $0.name == "corner" && $0.axis == .x } == 7)
        #expect(SliceTables.slices([judgement]).hasPrefix("sample,method,"))
        #expect(SliceTables.slices([judgement]).contains(",corner_high,corner\n"))
        #expect(try EvaluationTable([judgement], settings: settings).text().contains("corner x"))
    }
}

extension SampleJudgement {
    /// HIGH's porosity over the thresholds, of this and of another.
    func mapPorosity(_ other: SampleJudgement) throws -> ([Double], [Double]) {
        func values(_ judgement: SampleJudgement) throws -> [Double] {
            let quantity = judgement.high.slabs[try totalPorosity(judgement).key]
            return quantity.thresholds.indices.compactMap { quantity.mean(at: $0) }
        }
        return (try values(self), try values(other))
    }
}

@Suite struct `A sample that cannot be judged` {
    private func nearest(_ slices: Volume<Float>) -> Volume<Float> {
        slices.resized(
            height: slices.shape.height * 4, width: slices.shape.width * 4,
            by: Interpolation.nearest)
    }

    @Test func `is too small`() throws {
        let pair = SyntheticPair(
            high: SyntheticPair.rock(Shape(depth: 4, height: 12, width: 40)))
        #expect {
            try pair.judged(by: nearest)
        } throws: {
            "\($0)".contains("12x40 HIGH voxels, are too small")
        }
    }

    @Test func `does not fit into the memory`() throws {
        let pair = SyntheticPair(high: SyntheticPair.rock())
        var settings = EvaluationSettings()
        settings.memoryInBytes = 1 << 20
        #expect {
            try pair.judged(settings, by: nearest)
        } throws: {
            "\($0)".contains("has 1 MiB; give more with --memory")
        }
    }

    @Test func `has voxels that are no numbers`() throws {
        var high = SyntheticPair.rock()
        high[5, 6, 7] = .nan
        #expect {
            try SyntheticPair(
                low: SyntheticPair(high: SyntheticPair.rock()).low, high: high, scale: 4
            )
            .judged(by: nearest)
        } throws: {
            "\($0)".hasPrefix("HIGH of 'plug-1' holds voxels that are not numbers")
        }
        #expect {
            try SyntheticPair(high: SyntheticPair.rock()).judged { slices in
                nearest(slices).map { _ in .infinity }
            }
        } throws: {
            "\($0)".hasPrefix("network of 'plug-1' holds voxels that are not numbers")
        }
    }

    @Test func `is not measured where all of it lies on one side of the threshold`() throws {
        let judgement = try SyntheticPair(high: SyntheticPair.rock())
            .judged(threshold: 2999, by: nearest)
        #expect(judgement.thresholds == nil && judgement.parameters.isEmpty)
        #expect(judgement.images[.sr] == judgement.images[.nearest])
    }
}
