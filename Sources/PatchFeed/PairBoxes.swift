public import Dataset
public import Volumes

/// Boxes of a pair that lie in good patches alone, for what looks at pairs and not at samples.
extension SamplePlan {
    /// Up to `count` boxes of `shape` LOW voxels in a pair, each around an anchor of its own, the anchors
    /// evenly taken from all; none where no box fits.
    public func boxes(of shape: Shape, in pair: TrainingPair, atMost count: Int) -> [Region] {
        guard let index = pairs.firstIndex(where: { $0.sample == pair.sample }),
            shape.depth <= pair.lowShape.depth && shape.height <= pair.lowShape.height
                && shape.width <= pair.lowShape.width
        else { return [] }
        var found: [Region] = []
        for anchor in anchors where Int(anchor.pair) == index {
            let region = pair.patches[Int(anchor.patch)].region
            let windows = regions[index].windows(of: shape, around: region)
            guard windows.count > 0 else { continue }
            // The middle one of those that fit around the anchor.
            let box = windows[windows.count / 2]
            if !found.contains(box) { found.append(box) }
        }
        guard found.count > count else { return found }
        return (0..<count).map { found[$0 * found.count / count] }
    }
}

extension StagedPairs {
    /// The voxels of a box, in the grey values that are stored.
    ///
    /// - Parameters:
    ///   - region: In LOW voxels of the pair.
    ///   - scale: HIGH voxels wanted along a LOW voxel, along every axis: the pair's, or one that divides
    ///     it, for which they are averaged.
    /// - Throws: ``PatchFeedError/notStaged(_:)``.
    public func voxels(
        of pair: TrainingPair, in region: Region, scale: Int
    ) throws(PatchFeedError) -> (low: Volume<Float>, high: Volume<Float>) {
        guard let staged = volumes[pair.sample] else { throw .notStaged(pair.sample) }
        precondition(
            pair.pair.scale % scale == 0 && !pair.lowShape.isImage,
            "a volume's voxels are averaged by a whole factor")
        let (binning, shape) = (pair.pair.scale / scale, region.shape)
        func read(_ volume: StagedVolume, factor: Int, wanted: Int, binning: Int) -> Volume<Float> {
            let reading = BoxReading(
                z: region.z * factor, y: region.y * factor, x: region.x * factor,
                shape: Shape(
                    depth: shape.depth * wanted, height: shape.height * wanted,
                    width: shape.width * wanted),
                depthBinning: binning, binning: binning, normalisation: .asStored)
            var voxels = Volume<Float>(shape: reading.shape, repeating: 0)
            voxels.withMutableVoxels { volume.read(reading, into: &$0) }
            return voxels
        }
        return (
            read(staged.low, factor: 1, wanted: 1, binning: 1),
            read(staged.high, factor: pair.pair.scale, wanted: scale, binning: binning)
        )
    }
}
