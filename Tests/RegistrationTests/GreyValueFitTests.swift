import Registration
import Testing
import Volumes

@Suite struct `Grey-value fit` {
    @Test(arguments: [0, 0.05])
    func `finds gain and offset in spite of outliers`(outliers: Double) throws {
        let pair = try Pair(ratio: 3, highEdge: 36, lowEdge: 14, seed: 1)
        let rounded = pair.low.array.enumerated().map { index, value in
            let isOutlier = Double((index * 7919) % 1000) < outliers * 1000
            return isOutlier ? Float(40_000) : 500 + 120 * value
        }
        let low = Volume(shape: pair.low.shape, voxelSize: pair.low.voxelSize, voxels: rounded)
        let fit = try GreyValueFit(
            low: low, high: pair.high, transform: SpatialTransform(translation: pair.corner),
            blurInMicrometres: 0)
        // HIGH is seen through its own voxel as well as LOW's, so it is a little smoother, and its
        // gain up to 3 % larger.
        #expect(abs(fit.gain - 120) < 3.6)
        #expect(abs(fit.offset - 500) < 1)
        #expect(fit.residualStandardDeviation < 3)
        if outliers == 0 { #expect(fit.correlation > 0.999) }
    }

    @Test func `needs a shift that overlaps`() throws {
        let pair = try Pair(ratio: 3, highEdge: 36, lowEdge: 16, seed: 1)
        #expect(throws: RegistrationError.noOverlap) {
            try GreyValueFit(
                low: pair.low, high: pair.high,
                transform: SpatialTransform(translation: SIMD3(0, 1000, 0)), blurInMicrometres: 0)
        }
    }
}
