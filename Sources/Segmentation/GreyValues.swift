import Volumes

/// The grey values in view of a volume.
struct GreyValues<Element: GreyElement>: Sendable {
    let volume: Volume<Element>
    let fieldOfView: FieldOfView

    /// The least and the greatest value in view, or `nil` if nothing is in view.
    func range() throws(SegmentationError) -> ClosedRange<Element>? {
        let view = SlabView(shape: volume.shape, firstSlice: 0, fieldOfView: fieldOfView)
        let height = volume.shape.height
        let slices = concurrentMap(count: volume.shape.depth) { z in
            var least: Element?
            var greatest: Element?
            var notFinite = 0
            volume.withVoxels { voxels in
                view.forEachRow(of: voxels, (z * height)..<((z + 1) * height)) { row in
                    guard row.count > 0 else { return }
                    var (low, high) = (least ?? row[0], greatest ?? row[0])
                    for x in 0..<row.count {
                        low = row[x] < low ? row[x] : low
                        high = row[x] > high ? row[x] : high
                    }
                    (least, greatest) = (low, high)
                    if Element.elementType.isFloatingPoint {
                        for x in 0..<row.count where !row[x].doubleValue.isFinite { notFinite += 1 }
                    }
                }
            }
            return (least, greatest, notFinite)
        }
        let notFinite = slices.reduce(0) { $0 + $1.2 }
        guard notFinite == 0 else { throw .notFinite(count: notFinite) }
        guard let least = slices.compactMap(\.0).min(),
            let greatest = slices.compactMap(\.1).max()
        else { return nil }
        return least...greatest
    }

    /// The histogram of the values in view, which lie in `range`.
    func histogram(over range: ClosedRange<Element>) throws(SegmentationError) -> GreyHistogram {
        var histogram = try GreyHistogram(
            of: Element.elementType,
            over: range.lowerBound.doubleValue...range.upperBound.doubleValue)
        histogram.add(volume, within: fieldOfView)
        return histogram
    }

    /// True in view where the phase at or below the threshold, or the one above it, is pore.
    ///
    /// - Parameter firstSlice: Where the volume begins in the scan whose field of view it is.
    func mask(
        above threshold: Double, is porePhase: SegmentationSettings.PorePhase, firstSlice: Int = 0
    ) -> Mask {
        let shape = volume.shape
        let poreIsAbove = porePhase == .brighter
        var mask = Mask(shape: shape, voxelSize: volume.voxelSize, repeating: false)
        mask.forEachSliceConcurrently { z, slice in
            volume.withVoxels { voxels in
                for y in 0..<shape.height {
                    let start = (z * shape.height + y) * shape.width
                    let row = voxels.extracting(start..<(start + shape.width))
                    for x in fieldOfView.columns(z: firstSlice + z, y: y, in: shape) {
                        slice[y * shape.width + x] = (row[x].doubleValue > threshold) == poreIsAbove
                    }
                }
            }
        }
        return mask
    }
}
