public import Segmentation
import Volumes

extension PairScans {
    /// A denoising with the noise of all of HIGH, where it asks for an estimate: HIGH and every method
    /// are filtered alike, in slabs of any depth.
    public func settled(
        _ denoising: SegmentationSettings.Denoising
    ) throws -> SegmentationSettings.Denoising {
        guard denoising.noise == .estimated else { return denoising }
        var estimate = NoiseEstimate(shape: highShape)
        let depth = max(1, (16 << 20) / highShape.sliceCount)
        for first in stride(from: 0, to: highShape.depth, by: depth) {
            estimate.add(RawSlab(try high(first..<min(first + depth, highShape.depth))))
        }
        return denoising.whereEstimated(noise: estimate.standardDeviation ?? 0)
    }
}
