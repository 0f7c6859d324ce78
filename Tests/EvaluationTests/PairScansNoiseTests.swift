import Dataset
import Evaluation
import Segmentation
import Testing
import Volumes

@Suite struct `Noise of a pair` {
    private func scans(_ high: Volume<Float>) throws -> PairScans {
        let pair = SyntheticPair(high: high)
        return PairScans(
            sample: try #require(SampleID("rock")), lowShape: pair.low.shape, scale: pair.scale,
            highWindow: 0...1, isWhole: false, readLow: { _ in pair.low },
            readHigh: { slices in
                high.cropped(
                    to: Region(
                        z: slices.lowerBound, y: 0, x: 0,
                        shape: high.shape.withDepth(slices.count)))
            })
    }

    @Test func `is that of all of HIGH, where a denoising asks for an estimate`() throws {
        let high = SyntheticPair.rock()
        let sigma = try #require(NoiseEstimate.standardDeviation(of: RawSlab(high)))
        let asked = SegmentationSettings.Denoising.nonLocalMeans(NonLocalMeans(searchRadius: 2))
        let settled = try scans(high).settled(asked)
        #expect(settled.noise == .standardDeviation(sigma))
        #expect(settled == asked.whereEstimated(noise: sigma))
    }

    @Test func `is left as it is given, and out where there is none to give`() throws {
        let scans = try scans(SyntheticPair.rock())
        let given = SegmentationSettings.Denoising.anisotropicDiffusion(
            AnisotropicDiffusion(noise: .standardDeviation(0.25)))
        #expect(try scans.settled(given) == given)
        #expect(try scans.settled(.median3) == .median3)
    }
}
