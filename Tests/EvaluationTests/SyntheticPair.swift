import Dataset
import Foundation
import Measurement
import Randomness
import Testing
import Volumes

@testable import Evaluation

/// Normalised voxels of a pair, in memory.
struct SyntheticPair {
    let low: Volume<Float>
    let high: Volume<Float>
    let scale: Int

    /// HIGH, and its means over cubes as LOW.
    init(high: Volume<Float>, scale: Int = 4) {
        let fine = high.shape
        let depthScale = fine.isImage ? 1 : scale
        let shape = Shape(
            depth: fine.depth / depthScale, height: fine.height / scale,
            width: fine.width / scale)
        var low = Volume<Float>(shape: shape, repeating: 0)
        for z in 0..<fine.depth {
            for y in 0..<fine.height {
                for x in 0..<fine.width {
                    low[z / depthScale, y / scale, x / scale] +=
                        high[z, y, x] / Float(depthScale * scale * scale)
                }
            }
        }
        self.init(low: low, high: high, scale: scale)
    }

    init(low: Volume<Float>, high: Volume<Float>, scale: Int) {
        self.low = low
        self.high = high
        self.scale = scale
    }

    /// Grains of about eight HIGH voxels with pores between them, and some noise.
    static func rock(
        _ shape: Shape = Shape(depth: 32, height: 48, width: 56), seed: UInt64 = 1
    ) -> Volume<Float> {
        var generator = Philox4x32(seed: seed, stream: 0)
        let phases = (0..<3).map { _ in generator.nextUnit() * 6 }
        var volume = Volume<Float>(shape: shape, repeating: 0)
        for z in 0..<shape.depth {
            for y in 0..<shape.height {
                for x in 0..<shape.width {
                    let (z0, y0, x0) = (Double(z), Double(y), Double(x))
                    let wave =
                        sin(0.35 * x0 + 0.1 * y0 + phases[0])
                        + sin(0.33 * y0 - 0.2 * z0 + phases[1])
                        + sin(0.37 * z0 + 0.15 * x0 + phases[2])
                    let edge = 1 / (1 + exp(-4 * (wave + 0.8)))
                    volume[z, y, x] = Float(0.2 + 0.6 * edge + 0.08 * (generator.nextUnit() - 0.5))
                }
            }
        }
        return volume
    }

    /// The scans as the judge reads them; grey values of HIGH run from 1000 to 3000.
    func scans(
        _ name: String = "plug-1", isWhole: Bool = false
    ) throws -> PairScans {
        func reader(_ volume: Volume<Float>) -> (Range<Int>) -> Volume<Float> {
            { slices in
                volume.cropped(
                    to: Region(
                        z: slices.lowerBound, y: 0, x: 0,
                        shape: volume.shape.withDepth(slices.count)))
            }
        }
        return PairScans(
            sample: try #require(SampleID(name)), lowShape: low.shape, scale: scale,
            highWindow: Self.window, isWhole: isWhole, readLow: reader(low),
            readHigh: reader(high))
    }

    static let window = 1000.0...3000.0
    /// The grey value of 0.5.
    static let threshold = 2000.0

    /// What a judge with these settings says, by the network given.
    func judged(
        _ settings: EvaluationSettings = .init(), threshold: Double? = threshold,
        isWhole: Bool = false,
        by network: @escaping (Volume<Float>) throws -> Volume<Float>
    ) throws -> SampleJudgement {
        let judge = SampleJudge(scale: scale, settings: settings) { slices, _ in
            try network(slices)
        }
        return try judge(
            try scans(isWhole: isWhole), threshold: threshold)
    }
}

extension Volume where Element == Float {
    /// One slice, `count` times.
    func repeated(_ count: Int) -> Volume<Float> {
        Volume(
            shape: shape.withDepth(count),
            voxels: (0..<count).flatMap { _ in array.prefix(shape.sliceCount) })
    }
}

/// The total porosity among a judgement's parameters.
func totalPorosity(_ judgement: SampleJudgement) throws -> JudgedParameter {
    try #require(judgement.parameters.first { $0.name == "porosity_total" })
}
