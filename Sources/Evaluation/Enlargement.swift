import Resizing
import Upscaling
import Volumes

/// LOW slices enlarged by each of the methods.
struct Enlargement {
    let scale: Int
    /// The network, on slices as ``ImageUpscaler`` takes them.
    let network: (Volume<Float>) throws -> Volume<Float>

    /// Slices enlarged along y and x; z stays.
    func slices(_ low: Volume<Float>, by method: EnlargingMethod) throws -> Volume<Float> {
        let (height, width) = (low.shape.height * scale, low.shape.width * scale)
        switch method {
        case .nearest: return low.resized(height: height, width: width, by: Interpolation.nearest)
        case .bicubic:
            return low.resized(height: height, width: width, by: AntialiasedFilter.bicubic)
        case .lanczos:
            return low.resized(height: height, width: width, by: AntialiasedFilter.lanczos3)
        case .sr: return try network(low)
        }
    }

    /// Slices of the HIGH volume: blocks are as thick as a LOW slice; all others have been brought to
    /// the HIGH slices' places alike, by the z step of upscaling.
    func volume(
        _ slices: Range<Int>, of scans: PairScans, by method: EnlargingMethod
    ) throws -> Volume<Float> {
        let step = SliceInterpolation(depth: scans.lowShape.depth, scale: scale)
        guard method == .nearest else {
            let low = step(slices, from: try scans.low(step.slicesNeeded(for: slices)))
            return try self.slices(low, by: method).withVoxelSize(scans.voxelSize)
        }
        let first = slices.lowerBound / step.scale
        let low = try scans.low(first..<((slices.upperBound - 1) / step.scale + 1))
        let enlarged = try self.slices(low, by: .nearest)
        let count = enlarged.shape.sliceCount
        return enlarged.withVoxels { source in
            Volume(
                shape: enlarged.shape.withDepth(slices.count), voxelSize: scans.voxelSize,
                fillingSlicesConcurrently: { z, slice in
                    let block = (slices.lowerBound + z) / step.scale - first
                    let voxels = source.extracting((block * count)..<((block + 1) * count))
                    for index in 0..<count { slice[index] = voxels[index] }
                })
        }
    }
}
