import Foundation
import Randomness
import Testing
import Volumes

@testable import ImageMetrics

@Suite struct `Threshold sweeps` {
    static let thresholds = [0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]

    /// Uniform grey values, so that the porosity at a threshold is that threshold.
    static func grey(_ shape: Shape, seed: UInt64) -> Volume<Float> {
        var generator = SplitMix64(seed: seed)
        return Volume(
            shape: shape,
            voxels: (0..<shape.count).map { _ in Float(generator.nextUnit()) })
    }

    /// The porosity of a volume's slabs.
    static func porosity(
        of volume: Volume<Float>, _ thresholds: [Double], slabDepth: Int = 1
    ) throws -> SweptQuantity {
        let swept = try volume.swept(over: thresholds, slabDepth: slabDepth) {
            ["porosity": $0.poreFraction]
        }
        return try #require(swept["porosity"])
    }

    @Test func `of porosity give each threshold its own, in either kind of voxel`() throws {
        let shape = Shape(depth: 5, height: 40, width: 40)
        let volume = Self.grey(shape, seed: 1)
        let sweep = try Self.porosity(of: volume, Self.thresholds)
        #expect(sweep.slabDepths == [1, 1, 1, 1, 1])
        for (threshold, values) in zip(Self.thresholds, sweep.values) {
            for (z, value) in values.enumerated() {
                let slice = volume.cropped(to: Region(z: z, y: 0, x: 0, shape: shape.withDepth(1)))
                let expected = slice.array.count { Double($0) <= threshold }
                #expect(value == Double(expected) / 1600)
            }
        }
        let stored = volume.map { UInt16($0 * 65_535) }
        let levels = [-1, 0, 100.5, 30_000, 65_534.5, 65_535, 70_000]
        let counted = try stored.swept(over: levels, slabDepth: 5) { ["p": $0.poreFraction] }["p"]
        for (level, values) in zip(levels, try #require(counted).values) {
            let expected = stored.array.count { Double($0) <= level }
            #expect(values == [Double(expected) / 8000])
        }
    }

    @Test func `take every quantity that a measurement gives, where it gives it`() throws {
        let volume = Self.grey(Shape(depth: 4, height: 8, width: 8), seed: 2)
        let swept = try volume.swept(over: [0.1, 0.9], slabDepth: 2) { mask in
            let porosity = mask.poreFraction
            return porosity > 0.5 ? ["porosity": porosity, "passes": 1] : ["porosity": porosity]
        }
        #expect(swept.keys.sorted() == ["passes", "porosity"])
        #expect(swept["passes"]?.values == [[nil, nil], [1, 1]])
        let passes = try #require(swept["passes"])
        #expect(try ThresholdSweep(passes, reference: passes).rows.map(\.threshold) == [0.9])
        struct Broken: Error {}
        #expect(throws: Broken.self) { try volume.swept(over: [1]) { _ in throw Broken() } }
        #expect(throws: ImageMetricsError.self) { try volume.swept(over: [.nan]) { _ in [:] } }
        #expect(throws: ImageMetricsError.thresholds([])) {
            try volume.swept(over: []) { _ in [:] }
        }
    }

    @Test func `know bias, its sign and the relative error`() throws {
        let reference = SweptQuantity(
            thresholds: [0.5, 2], slabDepths: [1, 1], values: [[0.25, 0.75], [1, 1]])
        let judged = SweptQuantity(
            thresholds: [0.5, 2], slabDepths: [1, 1], values: [[0, 0.5], [0.5, 0.5]])
        let sweep = try ThresholdSweep(judged, reference: reference)
        #expect(sweep.rows.map(\.reference) == [0.5, 1])
        #expect(sweep.rows.map(\.value) == [0.25, 0.5])
        #expect(sweep.rows.map(\.bias) == [-0.25, -0.5])
        #expect(sweep.rows.map(\.relativeError) == [0.5, 0.5])
        #expect(sweep.meanBias == -0.375 && sweep.meanRelativeError == 0.5)
        let back = try JSONDecoder().decode(
            ThresholdSweep.self, from: JSONEncoder().encode(sweep))
        #expect(back == sweep)
    }

    @Test func `weight a thin last slab by its slices, and count the slabs that have a value`()
        throws
    {
        let volume = Self.grey(Shape(depth: 7, height: 9, width: 9), seed: 3)
        let slabs = try Self.porosity(of: volume, [0.4], slabDepth: 3)
        let whole = try Self.porosity(of: volume, [0.4], slabDepth: 7)
        #expect(slabs.slabDepths == [3, 3, 1])
        let sweep = try ThresholdSweep(slabs, reference: slabs)
        #expect(abs(sweep.rows[0].value - (whole.values[0][0] ?? 0)) < 1e-12)
        let thick = SweptQuantity(
            thresholds: [0.4], slabDepths: [3, 3, 1], values: [[1, 1, nil]])
        #expect(try ThresholdSweep(thick, reference: slabs).rows[0].slabs == 2)
        #expect(throws: ImageMetricsError.sweepsDiffer) {
            try ThresholdSweep(whole, reference: slabs)
        }
    }

    @Test func `without pores have no relative error and no interval`() throws {
        let solid = try Self.porosity(
            of: Volume(shape: Shape(edge: 3), repeating: 1), [0.5])
        let sweep = try ThresholdSweep(solid, reference: solid)
        #expect(sweep.meanBias == 0 && sweep.meanRelativeError == nil)
        var generator = SplitMix64(seed: 1)
        #expect(sweep.intervals(using: &generator) == nil)
    }

    /// The bias of slabs is Gaussian by itself, so the interval of its mean is known on paper.
    @Test(arguments: UInt64(0)..<20)
    func `have the interval that slabs of known scatter give`(seed: UInt64) throws {
        let count = 400
        var generator = SplitMix64(seed: seed)
        let scatter = NormalDistribution(mean: 0.01, standardDeviation: 0.02)
        let noise = (0..<count).map { _ in scatter.draw(using: &generator) }
        let depths = Array(repeating: 1, count: count)
        let reference = SweptQuantity(
            thresholds: [0.5], slabDepths: depths, values: [depths.map { _ in 0.2 }])
        let judged = SweptQuantity(
            thresholds: [0.5], slabDepths: depths, values: [noise.map { 0.2 + $0 }])
        let sweep = try ThresholdSweep(judged, reference: reference)
        let intervals = try #require(sweep.intervals(resamples: 2000, using: &generator))
        let mean = noise.reduce(0, +) / Double(count)
        #expect(abs(try #require(sweep.meanBias) - mean) < 1e-9)
        #expect(intervals.bias.contains(mean))
        // 2 x 1.96 standard errors of 0.001; the spread of 400 numbers is known to some 4%.
        let width = intervals.bias.upperBound - intervals.bias.lowerBound
        #expect(abs(width / 0.00392 - 1) < 0.2)
        #expect(abs(intervals.relativeError.upperBound - intervals.bias.upperBound / 0.2) < 1e-9)
        var (first, second) = (SplitMix64(seed: seed), SplitMix64(seed: seed))
        #expect(sweep.intervals(using: &first) == sweep.intervals(using: &second))
    }

    /// Rocks that differ and slabs that do not: only drawing other rocks changes the mean.
    @Test func `have an interval over rocks that tells how rocks differ`() throws {
        func rock(_ bias: Double) throws -> ThresholdSweep {
            let depths = [4, 4, 4]
            func quantity(_ value: Double) -> SweptQuantity {
                SweptQuantity(
                    thresholds: [0.5], slabDepths: depths, values: [depths.map { _ in value }])
            }
            return try ThresholdSweep(quantity(0.2 + bias), reference: quantity(0.2))
        }
        let rocks = try [-0.02, 0, 0.02, 0.04].map(rock)
        var generator = SplitMix64(seed: 1)
        let intervals = try #require(
            ThresholdSweep.intervals(of: rocks, resamples: 4000, using: &generator))
        // Four draws of four rocks of mean 0.01 and standard deviation 0.0224: a standard error of
        // 0.0112, and at the very most the mean of the best or worst rock.
        #expect(intervals.bias.contains(0.01))
        let width = intervals.bias.upperBound - intervals.bias.lowerBound
        #expect(abs(width / (2 * 1.96 * 0.0112) - 1) < 0.15)
        let alone = try #require(
            ThresholdSweep.intervals(of: [rocks[2]], resamples: 100, using: &generator))
        #expect(
            abs(alone.bias.lowerBound - 0.02) < 1e-12 && abs(alone.bias.upperBound - 0.02) < 1e-12)
        #expect(
            ThresholdSweep.intervals(of: [], resamples: 100, using: &generator) == nil)
    }
}
