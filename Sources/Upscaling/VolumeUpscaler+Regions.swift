import Resizing
import VolumeFiles
import Volumes
import Workspace

extension VolumeUpscaler {
    /// Compares what is finished with the interpolated scan, and writes the map and the table.
    func survey(
        _ reader: any ScanReader, _ low: LowSlices, _ step: SliceInterpolation,
        _ stage: VoxelStage, _ map: VolumeTarget, _ regions: RegionOptions,
        _ target: VolumeTarget, _ progress: (_ done: Int) throws -> Void,
        _ check: () throws -> Void
    ) throws -> RegionTable {
        let scan = reader.description.shape
        let scanThreshold = try ScanGreys(of: reader) { _, _ in try check() }.threshold
        let threshold = try self.threshold(target, stage, check)
        let comparison = PoreComparison(
            scan: scan, result: target.shape, threshold: threshold.map { Float($0) },
            // In the numbers that the network gets.
            scanThreshold: scanThreshold.map { Float(options.grey.normalised($0)) })
        let voxels = step.scale * images.network.scale * images.network.scale
        var survey = RegionSurvey(scan, edge: regions.edge, voxels: voxels)

        let (staged, writer) = try map.begin()
        try stage.note(publishing: staged.folder)
        for z in 0..<scan.depth {
            try check()
            var facts = comparison.begin()
            for k in (z * step.scale)..<((z + 1) * step.scale) {
                let slices = k..<(k + 1)
                let interpolated = step(
                    slices,
                    from: options.grey.normalised(try low.slab(step.slicesNeeded(for: slices)))
                ).resized(
                    height: target.shape.height, width: target.shape.width,
                    by: Interpolation.bicubic)
                let result = try stage.read(slices, shape: target.shape, type: options.elementType)
                    .convert(to: Float.self)
                comparison.add(
                    result, interpolated, try stage.readSpread(slices, shape: scan), to: &facts)
            }
            let slice = facts.finished(slices: step.scale)
            survey.add(slice, z: z)
            try writer.append(
                RawSlab(
                    Volume(
                        shape: scan.withDepth(1),
                        voxels: slice.spread
                            ?? zip(slice.pores, slice.interpolatedPores).map {
                                Float($0 - $1) / Float(voxels)
                            })))
            try progress(z + 1)
        }
        try writer.finish()
        let table = survey.table(
            thresholds: (threshold, scanThreshold), hasSpread: keepsSpread,
            voxelSize: map.voxelSize, count: regions.count)
        try staged.publish()
        try CanonicalJSON.write(table, to: regions.table)
        return table
    }

    /// Otsu's threshold of the result.
    private func threshold(
        _ target: VolumeTarget, _ stage: VoxelStage, _ check: () throws -> Void
    ) throws -> Double? {
        var statistics = VoxelStatistics(of: target.elementType)
        for start in stride(from: 0, to: target.shape.depth, by: target.slabDepth) {
            try check()
            statistics.add(
                try stage.read(
                    start..<min(start + target.slabDepth, target.shape.depth), shape: target.shape,
                    type: target.elementType))
        }
        return statistics.otsuThreshold
    }
}

/// Counts, for each voxel of a scan, the pores among the voxels that it became.
private struct PoreComparison: Sendable {
    let scan: Shape
    let result: Shape
    /// Pores of the result are at most so bright, and those of the normalised scan.
    let threshold: Float?
    let scanThreshold: Float?

    /// The sums for one slice of the scan.
    struct Sums {
        fileprivate var spread: [Float]?
        fileprivate var pores: [Int32]
        fileprivate var interpolatedPores: [Int32]

        /// The facts of the slice, which became so many slices.
        func finished(slices: Int) -> RegionSurvey.SliceFacts {
            RegionSurvey.SliceFacts(
                spread: spread?.map { $0 / Float(slices) }, pores: pores,
                interpolatedPores: interpolatedPores)
        }
    }

    func begin() -> Sums {
        let zeros = [Int32](repeating: 0, count: scan.sliceCount)
        return Sums(spread: nil, pores: zeros, interpolatedPores: zeros)
    }

    /// Adds one slice of the result, of the interpolated scan, and of the spreads.
    func add(
        _ sharpened: Volume<Float>, _ interpolated: Volume<Float>, _ spread: Volume<Float>?,
        to sums: inout Sums
    ) {
        if let threshold, let scanThreshold {
            add(pores(sharpened, upTo: threshold), to: &sums.pores)
            add(pores(interpolated, upTo: scanThreshold), to: &sums.interpolatedPores)
        }
        guard let spread else { return }
        sums.spread = sums.spread.map { zip($0, spread.array).map { $0 + $1 } } ?? spread.array
    }

    private func add(_ counts: [[Int32]], to sums: inout [Int32]) {
        var index = 0
        for row in counts {
            for count in row {
                sums[index] += count
                index += 1
            }
        }
    }

    /// Voxels of a slice of the result that are pores, by the pixels of the scan, row by row.
    private func pores(_ slice: Volume<Float>, upTo threshold: Float) -> [[Int32]] {
        let scale = result.width / scan.width
        let width = result.width
        return concurrentMap(count: scan.height) { row in
            var counts = [Int32](repeating: 0, count: scan.width)
            slice.withVoxels { voxels in
                for y in (row * scale)..<((row + 1) * scale) {
                    let line = voxels.extracting((y * width)..<((y + 1) * width))
                    for x in 0..<scan.width {
                        var count: Int32 = 0
                        for offset in 0..<scale where line[x * scale + offset] <= threshold {
                            count += 1
                        }
                        counts[x] += count
                    }
                }
            }
            return counts
        }
    }
}
