import Volumes

/// Sums over the blocks of a scan while its slices pass.
///
/// Blocks fill the scan without a gap; along each axis they are as even as whole voxels allow.
struct RegionSurvey {
    /// What a slice of the scan came to, pixel by pixel.
    struct SliceFacts {
        /// Deviations among the ensemble's results, the mean over the voxels that a pixel became; `nil`
        /// without an ensemble.
        let spread: [Float]?
        /// Pores among the voxels that a pixel became, of the result and of the interpolated scan.
        let pores: [Int32]
        let interpolatedPores: [Int32]
    }

    private struct Sums {
        var spread = 0.0
        var pores = 0
        var interpolatedPores = 0
    }

    private let shape: Shape
    /// Voxels of the result for one of the scan.
    private let voxels: Int
    private let cuts: (z: [Range<Int>], y: [Range<Int>], x: [Range<Int>])
    private let blockOfColumn: [Int]
    private let blockOfRow: [Int]
    private var sums: [Sums]

    /// - Parameters:
    ///   - shape: The scan's.
    ///   - edge: Voxels of a block along each axis, about.
    ///   - voxels: How many voxels of the result a voxel of the scan became.
    init(_ shape: Shape, edge: Int, voxels: Int) {
        precondition(edge > 0, "blocks have voxels")
        self.shape = shape
        self.voxels = voxels
        cuts = (
            Self.cuts(shape.depth, edge), Self.cuts(shape.height, edge),
            Self.cuts(shape.width, edge)
        )
        blockOfColumn = cuts.x.enumerated().flatMap { [Int](repeating: $0, count: $1.count) }
        blockOfRow = cuts.y.enumerated().flatMap { [Int](repeating: $0, count: $1.count) }
        sums = Array(repeating: Sums(), count: cuts.z.count * cuts.y.count * cuts.x.count)
    }

    private static func cuts(_ count: Int, _ edge: Int) -> [Range<Int>] {
        let number = max((2 * count + edge) / (2 * edge), 1)
        return (0..<number).map { ($0 * count / number)..<(($0 + 1) * count / number) }
    }

    /// Takes in slice `z` of the scan.
    mutating func add(_ facts: SliceFacts, z: Int) {
        guard let slice = cuts.z.firstIndex(where: { $0.contains(z) }) else {
            preconditionFailure("the slice is one of the scan's")
        }
        for y in 0..<shape.height {
            let row = (slice * cuts.y.count + blockOfRow[y]) * cuts.x.count
            for x in 0..<shape.width {
                let pixel = y * shape.width + x
                let block = row + blockOfColumn[x]
                // Numbers beyond the format's range count as the largest in it.
                if let spread = facts.spread {
                    let value = spread[pixel]
                    sums[block].spread += Double(
                        value.isFinite ? value : .greatestFiniteMagnitude)
                }
                sums[block].pores += Int(facts.pores[pixel])
                sums[block].interpolatedPores += Int(facts.interpolatedPores[pixel])
            }
        }
    }

    /// The table, the most telling blocks first; of equal ones those that come first in the scan.
    ///
    /// - Parameters:
    ///   - thresholds: Of the result and of the scan; with one of them missing there is no porosity.
    ///   - hasSpread: Whether slices came with spreads.
    func table(
        thresholds: (result: Double?, scan: Double?), hasSpread: Bool, voxelSize: VoxelSize?,
        count: Int
    ) -> RegionTable {
        let hasPores = thresholds.result != nil && thresholds.scan != nil
        func share(_ pores: Int, of count: Int) -> Double? {
            hasPores ? Double(pores) / Double(count * voxels) : nil
        }
        func merit(_ block: Int) -> Double {
            let count = Double(region(block).shape.count)
            return hasSpread
                ? sums[block].spread / count
                : Double(abs(sums[block].pores - sums[block].interpolatedPores)) / count
        }
        let order = sums.indices.map { (block: $0, merit: merit($0)) }
            .sorted { $0.merit != $1.merit ? $0.merit > $1.merit : $0.block < $1.block }
        let size = voxelSize?.vector
        let blocks = order.prefix(count).enumerated().map { rank, entry in
            let region = region(entry.block)
            let (sum, count) = (sums[entry.block], region.shape.count)
            let middle =
                SIMD3(
                    Double(2 * region.z + region.shape.depth),
                    Double(2 * region.y + region.shape.height),
                    Double(2 * region.x + region.shape.width)) / 2
            return RegionTable.Block(
                rank: rank + 1, region: region,
                centre: size.map { [middle[0] * $0[0], middle[1] * $0[1], middle[2] * $0[2]] },
                spread: hasSpread ? sum.spread / Double(count) : nil,
                porosity: share(sum.pores, of: count),
                interpolatedPorosity: share(sum.interpolatedPores, of: count))
        }
        var all = Sums()
        for sum in sums {
            all.spread += sum.spread
            all.pores += sum.pores
            all.interpolatedPores += sum.interpolatedPores
        }
        return RegionTable(
            ranking: hasSpread ? .spread : .porosityChange, threshold: thresholds.result,
            scanThreshold: thresholds.scan,
            spread: hasSpread ? all.spread / Double(shape.count) : nil,
            porosity: share(all.pores, of: shape.count),
            interpolatedPorosity: share(all.interpolatedPores, of: shape.count),
            blockCount: sums.count, blocks: blocks)
    }

    private func region(_ block: Int) -> Region {
        let z = cuts.z[block / (cuts.y.count * cuts.x.count)]
        let y = cuts.y[block / cuts.x.count % cuts.y.count]
        let x = cuts.x[block % cuts.x.count]
        return Region(
            z: z.lowerBound, y: y.lowerBound, x: x.lowerBound,
            shape: Shape(depth: z.count, height: y.count, width: x.count))
    }
}
