public import Volumes

extension Volume where Element == Float {
    /// What segmentation thresholds: the grey values as `denoising` leaves them.
    ///
    /// The volume holds no NaN, by which nothing can be ordered. Beyond its faces it goes on mirrored, so
    /// a slab is given with ``SegmentationSettings/Denoising/halo`` slices of its neighbours on each side,
    /// and with the noise of its scan where that is estimated
    /// (``SegmentationSettings/Denoising/whereEstimated(noise:)``), which else is that of this volume. A
    /// volume too small for ``NoiseEstimate``, one voxel high or wide, counts as free of noise.
    ///
    /// - Complexity: Linear in voxels; one or two more volumes in memory.
    public func denoised(by denoising: SegmentationSettings.Denoising) -> Volume<Float> {
        switch denoising {
        case .none: self
        case .median3: medianFiltered(self)
        case .nonLocalMeans, .anisotropicDiffusion:
            smoothed(by: denoising, keeping: 0..<shape.depth, within: .all)
        }
    }

    /// Some slices, filtered by a method that reckons in single precision.
    fileprivate func smoothed(
        by denoising: SegmentationSettings.Denoising, keeping kept: Range<Int>,
        within fieldOfView: FieldOfView
    ) -> Volume<Float> {
        let sigma = sigma(denoising.noise ?? .estimated, fieldOfView)
        switch denoising {
        case .none, .median3: preconditionFailure("a median is exact in every format")
        case .nonLocalMeans(let means): return means.filter(self, keeping: kept, sigma: sigma)
        case .anisotropicDiffusion(let diffusion):
            return diffusion.filter(self, sigma: sigma).cropped(
                to: Region(z: kept.lowerBound, y: 0, x: 0, shape: shape.withDepth(kept.count)))
        }
    }

    /// The standard deviation of the noise; 0 where nothing in view tells it.
    private func sigma(_ noise: NoiseLevel, _ fieldOfView: FieldOfView) -> Double {
        switch noise {
        case .standardDeviation(let value): return value
        case .estimated:
            var estimate = NoiseEstimate(shape: shape, within: fieldOfView)
            estimate.add(self)
            return estimate.standardDeviation ?? 0
        }
    }
}

extension RawSlab {
    /// Some slices of the slab, denoised in the number format of the scan.
    ///
    /// The slab reaches ``SegmentationSettings/Denoising/halo`` slices beyond `slices` on either side, or
    /// to the face of the scan; so a scan filtered slab by slab has the same bits as one filtered whole.
    /// It holds no NaN. Non-local means and diffusion reckon in single precision, and round to the
    /// nearest value of the format.
    ///
    /// - Parameters:
    ///   - denoising: What to do. Of a part of a scan the noise is given, not estimated.
    ///   - slices: Which slices of the slab come out; `nil` for all.
    ///   - fieldOfView: In which voxels the noise is estimated, if it is.
    /// - Complexity: Linear in voxels. The median takes three rows beside the result, the others up to
    ///   three copies of the slab in single precision.
    public func denoised(
        by denoising: SegmentationSettings.Denoising, keeping slices: Range<Int>? = nil,
        within fieldOfView: FieldOfView = .all
    ) -> RawSlab {
        let all = 0..<shape.depth
        let kept = slices ?? all
        precondition(
            !kept.isEmpty && all.contains(kept.lowerBound) && kept.upperBound <= shape.depth,
            "the slices kept are slices of the slab")
        precondition(
            kept == all || denoising.noise != .estimated, "the noise of a slab is that of its scan")
        if denoising == .none, kept == all { return self }
        return elementType.visit(
            grey: SlabDenoiser(
                slab: self, kept: kept, denoising: denoising, fieldOfView: fieldOfView))
    }

    /// The voxels in single precision.
    func floats() -> Volume<Float> { elementType.visit(grey: FloatReader(slab: self)) }
}

/// A volume denoised in its number format; the noise is estimated in the field of view.
func denoised<Element: GreyElement>(
    _ volume: Volume<Element>, by denoising: SegmentationSettings.Denoising,
    within fieldOfView: FieldOfView
) -> Volume<Element> {
    switch denoising {
    case .none: volume
    case .median3: medianFiltered(volume)
    case .nonLocalMeans, .anisotropicDiffusion:
        smoothed(volume, by: denoising, keeping: 0..<volume.shape.depth, within: fieldOfView)
    }
}

/// Some slices of a volume, filtered in single precision and rounded to its number format.
private func smoothed<Element: GreyElement>(
    _ volume: Volume<Element>, by denoising: SegmentationSettings.Denoising, keeping: Range<Int>,
    within fieldOfView: FieldOfView
) -> Volume<Element> {
    rounded(singlePrecision(volume).smoothed(by: denoising, keeping: keeping, within: fieldOfView))
}

/// The voxels of a volume in single precision.
private func singlePrecision<Element: GreyElement>(_ volume: Volume<Element>) -> Volume<Float> {
    let sliceCount = volume.shape.sliceCount
    return Volume<Float>(shape: volume.shape, voxelSize: volume.voxelSize) { z, slice in
        volume.withVoxels { voxels in
            let source = voxels.extracting((z * sliceCount)..<((z + 1) * sliceCount))
            for place in 0..<sliceCount { slice[place] = Float(source[place].doubleValue) }
        }
    }
}

/// The nearest voxels of a number format.
private func rounded<Element: GreyElement>(_ volume: Volume<Float>) -> Volume<Element> {
    let sliceCount = volume.shape.sliceCount
    var rounded = Volume(
        shape: volume.shape, voxelSize: volume.voxelSize, repeating: Element(nearest: 0))
    rounded.forEachSliceConcurrently { z, slice in
        volume.withVoxels { voxels in
            let source = voxels.extracting((z * sliceCount)..<((z + 1) * sliceCount))
            for place in 0..<sliceCount { slice[place] = Element(nearest: Double(source[place])) }
        }
    }
    return rounded
}

/// A slab denoised as the type it holds.
private struct SlabDenoiser: GreyElementVisitor {
    let slab: RawSlab
    let kept: Range<Int>
    let denoising: SegmentationSettings.Denoising
    let fieldOfView: FieldOfView

    func visit<Element: GreyElement>(_ type: Element.Type) -> RawSlab {
        switch denoising {
        case .none:
            let count = slab.shape.sliceCount * slab.elementType.byteCount
            let bytes = slab.bytes[(kept.lowerBound * count)..<(kept.upperBound * count)]
            return slab(of: Array(bytes))
        case .median3: return slab(of: medianFiltered(type, slab, keeping: kept))
        case .nonLocalMeans, .anisotropicDiffusion:
            return RawSlab(
                smoothed(
                    slab.volume(as: type), by: denoising, keeping: kept, within: fieldOfView))
        }
    }

    private func slab(of bytes: [UInt8]) -> RawSlab {
        RawSlab(
            elementType: slab.elementType, shape: slab.shape.withDepth(kept.count), bytes: bytes)
    }
}

/// A slab read as the type it holds.
private struct FloatReader: GreyElementVisitor {
    let slab: RawSlab

    func visit<Element: GreyElement>(_ type: Element.Type) -> Volume<Float> {
        singlePrecision(slab.volume(as: type))
    }
}
