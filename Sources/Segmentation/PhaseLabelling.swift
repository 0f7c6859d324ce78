import Volumes

extension GreyValues {
    /// Gives every voxel in view its phase.
    ///
    /// Pore is what the mask says, wherever a watershed or a clean-up moved its boundary; a voxel
    /// of a pore's grey value that the mask leaves out is of the phase next to pore.
    ///
    /// - Complexity: Linear in voxels, on all cores; a byte a voxel.
    func phases(
        _ thresholds: PhaseThresholds, pore mask: Mask, _ histogram: GreyHistogram,
        poreIsDarker: Bool
    ) throws(SegmentationError) -> PhaseSegmentation {
        let mixing = try mixing(thresholds, histogram, poreIsDarker: poreIsDarker)
        let shape = volume.shape
        let phases = thresholds.phases.map(\.rawValue)
        let limits = Array(thresholds.inOrder.dropFirst())
        var labels = Volume<UInt8>(
            shape: shape, voxelSize: volume.voxelSize, repeating: Phase.outside.rawValue)
        labels.forEachSliceConcurrently { z, slice in
            volume.withVoxels { voxels in
                mask.withVoxels { mask in
                    for y in 0..<shape.height {
                        let start = (z * shape.height + y) * shape.width
                        let row = voxels.extracting(start..<(start + shape.width))
                        let isPore = mask.extracting(start..<(start + shape.width))
                        for x in fieldOfView.columns(z: z, y: y, in: shape) {
                            var index = isPore[x] ? 0 : 1
                            if !isPore[x] {
                                let value = row[x].doubleValue
                                for limit in limits where (value > limit) == poreIsDarker {
                                    index += 1
                                }
                            }
                            slice[y * shape.width + x] = phases[index]
                        }
                    }
                }
            }
        }
        return summary(of: labels, mixing)
    }

    /// Counts the phases and adds up the porosity of micro-porous voxels, slice by slice and in
    /// order.
    private func summary(of labels: Volume<UInt8>, _ mixing: GreyMixing?) -> PhaseSegmentation {
        let shape = volume.shape
        let slices = concurrentMap(count: shape.depth) { z in
            var counts = [Int](repeating: 0, count: Phase.allCases.count)
            var sum = 0.0
            labels.withVoxels { labels in
                volume.withVoxels { voxels in
                    for y in 0..<shape.height {
                        let start = (z * shape.height + y) * shape.width
                        for x in fieldOfView.columns(z: z, y: y, in: shape) {
                            let phase = labels[start + x]
                            counts[Int(phase)] += 1
                            if let mixing, phase == Phase.microporous.rawValue {
                                sum += mixing.porosity(voxels[start + x].doubleValue)
                            }
                        }
                    }
                }
            }
            return (counts, sum)
        }
        var counts: [Phase: Int] = [:]
        for phase in Phase.allCases where phase != .outside {
            let count = slices.reduce(0) { $0 + $1.0[Int(phase.rawValue)] }
            if count > 0 { counts[phase] = count }
        }
        let micro = counts[.microporous] ?? 0
        return PhaseSegmentation(
            volume: labels, voxelCounts: counts, mixing: mixing,
            microporosity: micro > 0 ? slices.reduce(0) { $0 + $1.1 } / Double(micro) : nil)
    }

    /// The given grey values of pore and solid, or the medians of their voxels, told by the
    /// thresholds.
    private func mixing(
        _ thresholds: PhaseThresholds, _ histogram: GreyHistogram, poreIsDarker: Bool
    ) throws(SegmentationError) -> GreyMixing? {
        guard thresholds.microporous != nil else { return nil }
        let ends = thresholds.inOrder.map { histogram.firstBin(above: $0) }
        let all = histogram.counts.count
        let (nearPore, solidStart) = (ends[0], ends[1])
        let solidEnd = ends.count > 2 ? ends[2] : (poreIsDarker ? all : 0)
        let poreBins = poreIsDarker ? 0..<nearPore : nearPore..<all
        let solidBins = poreIsDarker ? solidStart..<solidEnd : solidEnd..<solidStart
        let pore = thresholds.poreGrey ?? histogram.median(of: poreBins)
        let solid = thresholds.solidGrey ?? histogram.median(of: solidBins)
        guard let pore, let solid, (solid - pore) * (poreIsDarker ? 1 : -1) > 0 else {
            throw .mixingUnknown(pore: pore, solid: solid)
        }
        return GreyMixing(pore: pore, solid: solid)
    }
}

extension GreyHistogram {
    /// The grey value of the voxel in the middle of some bins; `nil` if they hold none.
    fileprivate func median(of bins: Range<Int>) -> Double? {
        let half = (counts[bins].reduce(0, +) + 1) / 2
        var seen = 0
        for bin in bins where counts[bin] > 0 {
            seen += counts[bin]
            if seen >= half { return value(ofBin: bin) }
        }
        return nil
    }
}
