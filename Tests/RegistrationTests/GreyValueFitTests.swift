import Registration
import Testing
import Volumes

@Suite struct `Grey-value fit` {
    @Test(arguments: [0, 0.05])
    func `finds gain and offset in spite of outliers`(outliers: Double) throws {
        let pair = try Pair(ratio: 3, highEdge: 60, lowEdge: 24, seed: 1)
        let rounded = pair.low.array.enumerated().map { index, value in
            let isOutlier = Double((index * 7919) % 1000) < outliers * 1000
            return isOutlier ? Float(1500) : 500 + 120 * value
        }
        let low = Volume(shape: pair.low.shape, voxelSize: pair.low.voxelSize, voxels: rounded)
        let fit = try register(low: low, high: pair.high).greyValues
        #expect(abs(fit.gain - 120) < 3)
        #expect(abs(fit.offset - 500) < 1)
        #expect(fit.residualStandardDeviation < 4)
        if outliers == 0 { #expect(fit.correlation > 0.999) }
    }
}
