public import Volumes

extension Volume where Element == Float {
    /// What segmentation thresholds: the grey values as `denoising` leaves them.
    ///
    /// The volume holds no NaN, by which nothing can be ordered. Beyond its faces it goes on mirrored,
    /// so a slab is given with a slice of its neighbours on each side.
    ///
    /// - Complexity: Linear in voxels; one more volume in memory.
    public func denoised(by denoising: SegmentationSettings.Denoising) -> Volume<Float> {
        switch denoising {
        case .none: self
        case .median3: medianFiltered(self)
        }
    }
}

extension SegmentationSettings.Denoising {
    /// How many slices beyond a slab have a say in it.
    public var halo: Int {
        switch self {
        case .none: 0
        case .median3: 1
        }
    }
}
