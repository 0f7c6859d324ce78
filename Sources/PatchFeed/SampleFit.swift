import Volumes

/// From the volumes that a preparation leaves to the places in a batch.
enum SampleFit {
    /// Why the volumes of a sample do not fit a batch, if they do not: each side has the batch's
    /// extents, or those with the margin around them.
    static func misfit(of sample: PatchSample, _ buffer: BatchBuffer) -> PatchFeedError? {
        let geometry = sample.geometry
        func fits(_ shape: Shape, _ wanted: Shape, _ margin: Int) -> Bool {
            shape == wanted
                || shape
                    == Shape(
                        depth: wanted.depth, height: wanted.height + 2 * margin,
                        width: wanted.width + 2 * margin)
        }
        if !(sample.low.map { fits($0.shape, buffer.lowShape, geometry.margin) } ?? false) {
            return .unfitSample(
                patch: sample.place.patch, side: .low, has: sample.low?.shape,
                expected: buffer.lowShape)
        }
        if !fits(sample.high.shape, buffer.highShape, geometry.margin * geometry.scale) {
            return .unfitSample(
                patch: sample.place.patch, side: .high, has: sample.high.shape,
                expected: buffer.highShape)
        }
        return nil
    }

    /// Copies the middle of a volume's rows and columns.
    static func copyMiddle(
        of volume: Volume<Float>, _ shape: Shape, _ target: inout MutableSpan<Float>
    ) {
        let top = (volume.shape.height - shape.height) / 2
        let left = (volume.shape.width - shape.width) / 2
        volume.withVoxels { voxels in
            for z in 0..<shape.depth {
                for y in 0..<shape.height {
                    let from = (z * volume.shape.height + y + top) * volume.shape.width + left
                    let to = (z * shape.height + y) * shape.width
                    let source = voxels.extracting(from..<(from + shape.width))
                    var line = target._mutatingExtracting(to..<(to + shape.width))
                    for x in 0..<shape.width { line[x] = source[x] }
                }
            }
        }
    }
}
