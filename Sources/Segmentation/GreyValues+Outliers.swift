import Volumes

extension GreyValues {
    /// The range of nearly all grey values, where a few wild ones stretch the bins of a histogram so far
    /// that the others no longer part: nearly all are in fewer than 64 bins that hold more values than
    /// one each. `nil` for a histogram to rely on.
    ///
    /// Nearly all are those but one in 2,000 at either end.
    ///
    /// - Parameter histogram: Of these values.
    /// - Complexity: One pass over the voxels where nearly all are in so few bins, none elsewhere.
    func rangeWithoutOutliers(_ histogram: GreyHistogram) -> ClosedRange<Double>? {
        guard !histogram.isExact, let bulk = histogram.bins(trimming: 1.0 / 2000), bulk.count < 64
        else { return nil }
        let low = histogram.origin + Double(bulk.lowerBound) * histogram.step
        let high = max(low, histogram.greatestValue(inBin: bulk.upperBound))
        guard var closer = try? GreyHistogram(of: Element.elementType, over: low...high) else {
            return nil
        }
        closer.add(volume, within: fieldOfView)
        let parted = closer.counts.count { $0 > 0 }
        return parted > histogram.counts[bulk].count { $0 > 0 } ? low...high : nil
    }
}

extension GreyHistogram {
    /// From the bin below which less than `share` of the voxels lie to the one above which less do.
    fileprivate func bins(trimming share: Double) -> ClosedRange<Int>? {
        let trimmed = Int(Double(voxelCount) * share)
        func first(_ bins: some Sequence<Int>) -> Int? {
            var passed = 0
            return bins.first { bin in
                passed += counts[bin]
                return passed > trimmed
            }
        }
        guard let low = first(counts.indices), let high = first(counts.indices.reversed()) else {
            return nil
        }
        return low...high
    }
}
